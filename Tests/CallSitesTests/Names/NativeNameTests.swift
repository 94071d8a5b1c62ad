import CallSites
import Foundation
import TestWorlds
import Testing

/// Short names of functions: of each form, of real programs, and of damaged ones.
@Suite struct NativeNameTests {
    @Test(arguments: [
        ("tracee.leakInMain(port: Swift.UInt16) throws -> ()", "tracee.leakInMain(port:)"),
        ("tracee.ask(Swift.Int32, name: Swift.String) -> ()", "tracee.ask(_:name:)"),
        ("tracee.go() async throws -> [Swift.String : Swift.Int]", "tracee.go()"),
        ("tracee.both(_: (a: Swift.Int, b: Swift.Int) -> (), [A : B]) -> ()", "tracee.both(_:_:)"),
        ("static tracee.Pool.make(of: A.Type) -> tracee.Pool<A>", "tracee.Pool.make(of:)"),
        ("static Swift.Comparable.< infix(A, A) -> Swift.Bool", "Swift.Comparable.< infix(_:_:)"),
        ("tracee.Work.__deallocating_deinit", "tracee.Work.__deallocating_deinit"),
        ("tracee.Work.name.getter : Swift.String", "tracee.Work.name.getter"),
        (
            "Swift.String.init<A where A: Swift.Sequence, A.Element == Swift.Character>(A) -> Swift.String",
            "Swift.String.init(_:)"
        ),
        (
            "(extension in tracee):tracee.Asks.leakInExtension(Swift.UInt16) -> ()",
            "tracee.Asks.leakInExtension(_:)"
        ),
        (
            "static (extension in Swift):Swift.Task< where B == Swift.Never>.value.getter : A",
            "Swift.Task.value.getter"
        ),
        (
            "tracee.(hidden in _6B6FA176FFDC08502A2C14A1F72916E8)(x: Swift.Int) -> ()",
            "tracee.hidden(x:)"
        ),
        (
            "tracee.(Box in _6B6FA176FFDC08502A2C14A1F72916E8)<A>.(on in _6B6F)(A) -> ()",
            "tracee.Box.on(_:)"
        ),
        (
            "inner #1 (x: Swift.Int) -> () in tracee.outer(Swift.Int) -> ()",
            "inner #1(x:) in tracee.outer(_:)"
        ),
        (
            "closure #1 @Sendable (Swift.UInt16) -> () in tracee.leakInClosure(Swift.String) -> ()",
            "closure #1 in tracee.leakInClosure(_:)"
        ),
        (
            "partial apply forwarder for closure #2 () async -> () in closure #1 (A) -> B in tracee.a.getter : B",
            "closure #2 in closure #1 in tracee.a.getter"
        ),
        ("closure #3 @Sendable () -> () in tracee", "closure #3 in tracee"),
        (
            "@objc closure #1 (Swift.UnsafeMutableRawPointer?) -> () in tracee.thread(@Sendable () -> ()) -> ()",
            "closure #1 in tracee.thread(_:)"
        ),
        (
            "(1) await resume partial function for tracee.leakInTask(Swift.UInt16) async -> ()",
            "tracee.leakInTask(_:)"
        ),
        (
            "(21) suspend resume partial function for partial apply forwarder for closure #2 () async -> () in tracee",
            "closure #2 in tracee"
        ),
        (
            "generic specialization <tracee.Plain> of tracee.Pool.leakGeneric(A, port: Swift.UInt16) -> ()",
            "tracee.Pool.leakGeneric(_:port:)"
        ),
        (
            "merged function signature specialization <Arg[0] = [Closure Propagated : $s6traceeyyF, Argument Types : [(A) -> B]> of tracee.layer1((Swift.UInt16) -> (), Swift.UInt16) -> ()",
            "tracee.layer1(_:_:)"
        ),
        (
            "function signature specialization <Arg[1] = Dead> of generic not re-abstracted specialization <serialized, A> of static (extension in M):N.S.f() -> ()",
            "N.S.f()"
        ),
        (
            "protocol witness for tracee.Asks.ask(of: Swift.Int) -> A.B? in conformance tracee.Bot<A> : tracee.Asks in tracee",
            "tracee.Bot.ask(of:)"
        ),
        (
            "protocol witness for static Swift.Equatable.== infix(A, A) -> Swift.Bool in conformance M.E : Swift.Equatable in M",
            "M.E.== infix(_:_:)"
        ),
        (
            "protocol witness for Swift.Hashable.hash(into: inout Swift.Hasher) -> () in conformance <A where A: Swift.Hashable> M.Box<A> : Swift.Hashable in M",
            "M.Box.hash(into:)"
        ),
        ("M.Flag.(in _4A276EFE).init<A where A == B>(x: A) -> M.Flag", "M.Flag.init(x:)"),
        (
            "closure #4 @Sendable (A) -> B in setup #1 <A><A1 where A: B>@Sendable (x: A) -> B in M.f() -> ()",
            "closure #4 in setup #1(x:) in M.f()"
        ),
        (
            "reabstraction thunk helper <A> from @escaping () -> (@out A) to @escaping () -> (@owned A)",
            "reabstraction thunk"
        ),
        ("type metadata accessor for tracee.Pool<A>", "type metadata accessor for tracee.Pool"),
        (
            "outlined destroy of (Swift.Int, Swift.String)?",
            "outlined destroy of (Swift.Int, Swift.String)?"
        ),
        (
            "variable initialization expression of tracee.Pool.size : Swift.Int",
            "variable initialization expression of tracee.Pool.size"
        ),
        ("", ""), ("(", "("), ("a(", "a("), (" in ", " in "), ("<>", "<>"), ("f(x", "f(x"),
    ])
    func `A function of Swift keeps its labels and loses its types`(name: String, short: String) {
        Self.expect(name, .swift, short)
    }

    @Test(arguments: [
        ("leak_all()", "leak_all"), ("choose(int)", "choose"), ("main", "main"),
        ("(anonymous namespace)::hidden(int)", "(anonymous namespace)::hidden"),
        (
            "(anonymous namespace)::In::operator()(int) const",
            "(anonymous namespace)::In::operator()"
        ),
        (
            "(anonymous namespace)::In::operator bool() const",
            "(anonymous namespace)::In::operator bool"
        ),
        (
            "In::operator std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >() const",
            "In::operator std::string"
        ),
        ("leak_all()::{lambda(int)#1}::operator()(int) const", "leak_all()::{lambda#1}"),
        ("run(int, char const*)::{lambda(int)#1}::operator()(int) const", "run()::{lambda#1}"),
        (
            "auto leak_all()::{lambda(int)#1}::operator()(int) const::{lambda(auto:1)#1}::operator()<double>(double) const",
            "leak_all()::{lambda#1}::{lambda#1}"
        ),
        ("A::f(int) const::{lambda()#2}::_FUN()", "A::f()::{lambda#2}::_FUN"),
        ("V::operator,(int)", "V::operator,"),
        ("V::operator new(unsigned long)", "V::operator new"),
        ("V::operator[](int)", "V::operator[]"), ("V::operator->() const", "V::operator->"),
        ("V::operator<<(int) const", "V::operator<<"),
        ("V::operator<(V const&) const", "V::operator<"),
        ("bool V::operator==<int>(int) const", "V::operator==<int>"),
        ("bool ns::operator< <V*>(A<V*> const&, A<V*> const&)", "ns::operator< <V*>"),
        ("operator\"\" _s(char const*, unsigned long)", "operator\"\" _s"),
        ("V::~V()", "V::~V"), ("Tg[abi:cxx11]::f()", "Tg::f"), ("int co<(Co)1>()", "co<(Co)1>"),
        ("int E<true>::go<5>(char (&) [5])", "E<true>::go<5>"),
        (
            "int E<(3>2)>::go<&(V::operator<(V const&) const)>(int)",
            "E<(3>2)>::go<&(V::operator<(V const&) const)>"
        ),
        (
            "decltype ({parm#1}(3)) app<3, main::{lambda(int)#2}>(main::{lambda(int)#2})",
            "app<3, main::{lambda#2}>"
        ),
        ("int (*tchoose<double>(double))(int)", "tchoose<double>"),
        ("std::vector<int, std::allocator<int> > make<int>(int, int)", "make<int>"),
        (
            "std::vector<std::vector<int, std::allocator<int> >, std::allocator<std::vector<int, std::allocator<int> > > >::push_back(int&&)",
            "std::vector<std::vector<int>>::push_back"
        ),
        (
            "std::map<int, char, std::less<int>, std::allocator<std::pair<int const, char> > >::at(int const&) const",
            "std::map<int, char>::at"
        ),
        (
            "leak_all()::{lambda(int)#1} const& std::_Any_data::_M_access<leak_all()::{lambda(int)#1}>() const",
            "std::_Any_data::_M_access<leak_all()::{lambda#1}>"
        ),
        ("part(int*, int) [clone .part.0] [clone .cold]", "part"), ("part.constprop.0", "part"),
        ("non-virtual thunk to B::go(int)", "B::go"),
        ("void f<\(String(repeating: "A::", count: 40))B>(int)", "f<…>"),
        ("vtable for A<int>", "vtable for A<int>"), ("f(", "f"), ("", ""), ("<", "<"),
        ("operator", "operator"), ("a::operator()", "a::operator()"),
    ])
    func `A function of C++ loses what is around its name`(name: String, short: String) {
        Self.expect(name, .cpp, short)
    }

    @Test(arguments: [
        ("app::main", "app::main"), ("app::main::h0123456789abcdef", "app::main"),
        ("app::run::{{closure}}::h0123456789abcdef", "app::run::{closure}"),
        ("app::run::{closure#0}::{closure#1}", "app::run::{closure#0}::{closure#1}"),
        ("<app::Square<f64> as app::Shape>::area", "<app::Square as app::Shape>::area"),
        ("<app::Pool<app::Plain>>::leak::<u8>", "app::Pool::leak"),
        ("app::Pool<T>::leak", "app::Pool::leak"),
        ("<[u8]>::copy_within::<usize>", "<[u8]>::copy_within"),
        ("<&mut T as core::fmt::Debug>::fmt", "<&mut T as core::fmt::Debug>::fmt"),
        (
            "_$LT$alloc..vec..Vec$LT$T$C$A$GT$$u20$as$u20$core..ops..drop..Drop$GT$::drop::h0123456789abcdef",
            "<alloc::vec::Vec as core::ops::drop::Drop>::drop"
        ),
        (
            "core::fmt::num::_$LT$impl$u20$core..fmt..Debug$u20$for$u20$u32$GT$::fmt::h0123456789abcdef",
            "core::fmt::num::<impl core::fmt::Debug for u32>::fmt"
        ),
        (
            "_$LT$F$u20$as$u20$alloc..boxed..FnBox$LT$A$GT$$GT$::call::_$u7b$$u7b$closure$u7d$$u7d$::h0123456789abcdef",
            "<F as alloc::boxed::FnBox>::call::{closure}"
        ),
        (
            "core::ops::function::FnOnce::call_once{{vtable.shim}}",
            "core::ops::function::FnOnce::call_once{vtable.shim}"
        ),
        (
            "<dyn app::Shape<Side = f64> + core::marker::Send>::twice",
            "<dyn app::Shape + core::marker::Send>::twice"
        ),
        (
            "<alloc::boxed::Box<dyn Fn(u8) -> Vec<u8>> as core::ops::FnOnce<()>>::call_once::<3>",
            "<alloc::boxed::Box as core::ops::FnOnce>::call_once"
        ),
        ("<<a::S<u8> as a::T>::Out as a::U>::go", "<<a::S as a::T>::Out as a::U>::go"),
        ("app::main (.llvm.1234567890)", "app::main"), ("app::work.llvm.1234567890", "app::work"),
        ("app::\u{6771}\u{4EAC}::gr\u{F6}\u{DF}e", "app::\u{6771}\u{4EAC}::gr\u{F6}\u{DF}e"),
        ("", ""), ("<", "<"), ("::<", "::<"), ("<>", "<>"), ("$", "$"), ("$u", "$u"), ("{{", "{{"),
    ])
    func `A function of Rust loses its hash and its generic arguments`(name: String, short: String)
    {
        Self.expect(name, .rust, short)
    }

    @Test(arguments: [
        ("main.cold", "main"), ("part.isra.0.part.1", "part"), ("read@plt", "read"),
        ("read@@GLIBC_2.2.5", "read"), ("f.llvm.123", "f"), ("a.b", "a.b"), (".cold", ".cold"),
        ("counter.0", "counter.0"), ("@", "@"), (".", "."), ("f..0", "f..0"),
    ])
    func `A function of C loses what compilers add`(name: String, short: String) {
        Self.expect(name, .c, short)
    }

    @Test(arguments: [
        ("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", SymbolLanguage.rust),
        ("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE.llvm.12", .rust),
        ("_RNvC1a1b", .rust), ("__rust_alloc", .rust), ("rust_begin_unwind", .rust),
        ("_ZNSt6vectorIiE9push_backEv", .cpp), ("_ZN1a1bE.cold", .cpp), ("__cxa_throw", .cpp),
        ("$s6tracee10leakInMainyys6UInt16VF", .swift), ("_$s6tracee3Foo", .swift),
        ("swift_retain", .swift), ("main", .c), ("", .c), ("E.", .c), ("_Z", .cpp), ("socket", .c),
    ])
    func `A symbol tells its language`(symbol: String, language: SymbolLanguage) {
        #expect(SymbolLanguage(symbol: symbol) == language)
    }

    private static func expect(_ name: String, _ language: SymbolLanguage, _ short: String) {
        #expect(NativeName.simplified(name, of: language) == short)
        #expect(NativeName.simplified(short, of: language) == short, "a short name stays")
    }
}
