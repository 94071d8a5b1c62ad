import CallSites
import Foundation
import TestWorlds
import Testing

/// Names of Rust's symbols beside those that `c++filt` of binutils finds, and by the rules.
@Suite struct RustSymbolTests {
    /// A program that has all kinds of names: rustc mangles them as it likes.
    static let source = """
        use std::collections::{BTreeMap, HashMap};
        use std::fmt::{Debug, Display};
        use std::hint::black_box;
        mod straße { pub mod 東京 { #[inline(never)] pub fn größe(x: u32) -> u32 {
            std::hint::black_box(x) + 1 } } }
        #[inline(never)] fn shown<T: Debug + ?Sized>(x: &T) -> String { format!("{:?}", x) }
        #[inline(never)] fn called<R, F: Fn(u32) -> R>(f: F) -> R { f(black_box(3)) }
        #[inline(never)] fn array<T: Default + Copy, const N: usize>() -> [T; N] {
            black_box([T::default(); N]) }
        #[inline(never)] fn letter<const C: char, const B: bool, const I: i16>() -> i32 {
            black_box(C as i32 + B as i32 + I as i32) }
        #[inline(never)] fn none<const B: u128>() -> u128 { black_box(B) }
        #[inline(never)] fn kind<T: ?Sized>() -> usize {
            black_box(std::any::type_name::<T>().len()) }
        trait Shape { type Side; fn area(&self) -> f64; fn twice(&self) -> f64 { self.area() * 2. } }
        struct Square<T>(T);
        impl Shape for Square<f64> { type Side = f64;
            #[inline(never)] fn area(&self) -> f64 { black_box(self.0) } }
        impl<'a> Shape for Square<&'a [u8]> { type Side = u8;
            #[inline(never)] fn area(&self) -> f64 { black_box(self.0.len() as f64) } }
        impl<T: Display> Square<T> {
            #[inline(never)] fn text(&self) -> String { called(|x| format!("{}{}", self.0, x)) } }
        struct Gone(u8);
        impl Drop for Gone { #[inline(never)] fn drop(&mut self) { black_box(self.0); } }
        extern "C" fn foreign(x: u32) -> u32 { x }
        fn main() {
            let mut map: HashMap<String, BTreeMap<u64, Vec<Option<Box<dyn Debug>>>>> =
                HashMap::new();
            map.entry("a".into()).or_default().entry(3).or_default()
                .push(Some(Box::new((1u8, 2i128))));
            println!("{} {}", shown(&map), shown("x"));
            println!("{} {}", straße::東京::größe(1), called(|x| called(move |y| x + y)));
            println!("{:?} {:?}", array::<u8, 7>(), array::<(i64, f32, ()), 3>());
            println!("{}", letter::<'x', true, -5>() + letter::<'q', false, 7>());
            println!("{}", letter::<'z', true, { i16::MIN }>());
            println!("{} {}", none::<{ u64::MAX as u128 }>(), none::<0>());
            println!("{}", kind::<dyn Fn(&str) -> u8 + Send>() + kind::<[fn(u8); 4]>()
                + kind::<for<'a, 'b> fn(&'a u8, &'b mut [u16]) -> &'a u8>()
                + kind::<unsafe extern "C" fn(*const i8, ...) -> i32>()
                + kind::<extern "sysv64" fn(*mut ()) -> !>()
                + kind::<dyn for<'a> Fn(&'a u8, fn(&u8) -> &u8) -> &'a u8>()
                + kind::<dyn Iterator<Item = (char,)>>() + kind::<(&'static str, isize)>()
                + kind::<dyn Shape<Side = [Square<u8>; 2]> + Sync>());
            let shapes: Vec<Box<dyn Shape<Side = f64>>> = vec![Box::new(Square(2.0))];
            for s in &shapes { println!("{} {}", s.area(), s.twice()); }
            println!("{} {}", Square(&b"ab"[..]).twice(), Square("t").text());
            let dropped: Vec<Gone> = (0..3).map(Gone).collect();
            let pair: Box<dyn Fn() -> usize> = Box::new(move || dropped.len());
            println!("{} {}", pair(), shown(&(foreign as extern "C" fn(u32) -> u32)));
            std::thread::spawn(|| println!("{}", called(|_| std::process::id()))).join().unwrap();
            let mut words: Vec<_> = std::env::args().chain(["b".into()]).collect();
            words.sort_by(|a, b| b.cmp(a)); words.dedup_by_key(|w| w.len());
            println!("{:?} {:?}", words, std::net::TcpListener::bind("127.0.0.1:99999"));
        }

        """

    /// All functions of a program of Rust; nil with the reason printed.
    static func symbols(_ options: [String], for purpose: String) throws -> [String]? {
        for tool in ["rustc", "nm", "c++filt"] where !ChildProcess.isInstalled(tool) {
            print("not run: \(purpose), there is no \(tool)")
            return nil
        }
        let directory = try TemporaryDirectory("rust-names")
        let file = try directory.write(source, to: "names.rs")
        let program = directory.file("names")
        let home = ProcessInfo.processInfo.environment["HOME"] ?? "/"
        try ChildProcess.run(
            ["rustc", "-o", program, file] + options, environment: ["HOME": home],
            outputPath: directory.file("build"))
        let text = try ChildProcess.run(
            ["nm", "--format=just-symbols", program], outputPath: directory.file("nm"))
        return Set(text.split(separator: "\n").map(String.init)).sorted()
    }

    /// What `c++filt` says of names; the versions of crates and the types of constants are left out.
    static func filtered(_ names: [String], isV0: Bool) throws -> [String] {
        let directory = try TemporaryDirectory("filt")
        let list = try directory.write(names.joined(separator: "\n") + "\n", to: "list")
        // `@file` would cut the names at backslashes.
        let text = try ChildProcess.run(
            ["sh", "-c", "c++filt <\(list)"], outputPath: directory.file("out"))
        let names =
            isV0
            ? text.replacingOccurrences(
                of: #"([A-Za-z0-9_])\[[0-9a-f]{1,16}\]"#, with: "$1", options: .regularExpression
            ).replacingOccurrences(
                of: #": ([ui](8|16|32|64|128|size)|bool|char)(?=[,>\]])"#, with: "",
                options: .regularExpression) : text
        return names.split(separator: "\n").map(String.init)
    }

    @Test(arguments: [
        ["-O", "-C", "symbol-mangling-version=v0"], ["-g", "-C", "symbol-mangling-version=v0"],
    ])
    func `All symbols of a program are named as binutils names them`(options: [String]) throws {
        guard let all = try Self.symbols(options, for: "names of Rust") else { return }
        let symbols = all.filter { $0.hasPrefix("_R") }
        if symbols.isEmpty { return print("not run: names of Rust, this rustc makes none") }
        let expected = try Self.filtered(symbols, isV0: true)
        try #require(expected.count == symbols.count)
        var unknown = 0
        for (symbol, expected) in zip(symbols, expected) {
            let name = RustSymbol.demangle(symbol)
            if expected == symbol {
                // Constants that are no numbers are too new for many a binutils.
                unknown += 1
                #expect(name != nil, "\(symbol)")
            } else {
                #expect(name == expected, "\(symbol)")
            }
        }
        #expect(symbols.count > 500 && unknown < symbols.count / 50, "\(symbols.count) \(unknown)")
    }

    /// What rustc mangles, by the rules of the RFC and of rustc's own list of constants.
    @Test(
        arguments: [
            ("_RNvCs1234_7mycrate3foo", "mycrate::foo"),
            ("_RNvC7mycrate3foo.llvm.9D1C9369", "mycrate::foo"),
            ("_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_", "cc::spawn::{closure#0}::{closure#0}"),
            ("_RNSC1a1b3bar", nil),
            ("_RNSC1as_3bar", "a::{shim:bar#1}"),
            ("_RNxC1a3bar", "a::bar"),
            ("_RNvNtC1au8gdel_5qa3foo", "a::gödel::foo"),
            (
                "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
                "utf8_idents::საჭმელად_გემრიელი_სადილი"
            ),
            ("_RNvMC1aNtB2_1S3new", "<a::S>::new"),
            ("_RNvXs5_C1aNtB5_1SNtB5_1T3new", "<a::S as a::T>::new"),
            ("_RNvYNtC1a1SNtB4_1T3new", "<a::S as a::T>::new"),
            ("_RINvC1a1fhjzE", "a::f::<u8, usize, !>"),
            ("_RINvC1a1fRL_hE", "a::f::<&u8>"),
            ("_RINvC1a1fFG_RL0_hEuE", "a::f::<for<'a> fn(&'a u8)>"),
            (
                "_RINvC1a1fFUKCOhPtEiE",
                "a::f::<unsafe extern \"C\" fn(*mut u8, *const u16) -> isize>"
            ),
            ("_RINvC1a1fFK9a_b_c_d_eEuE", "a::f::<extern \"a-b-c-d-e\" fn()>"),
            ("_RINvC1a1fDNtB2_1Tp1AjEL_E", "a::f::<dyn a::T<A = usize>>"),
            ("_RINvC1a1fDINtB2_1ThEp1AjNtB2_1UEL_E", "a::f::<dyn a::T<u8, A = usize> + a::U>"),
            ("_RINvC1a1fAhj7_E", "a::f::<[u8; 7]>"),
            ("_RINvC1a1fAhj7_E0", nil),
            ("_RINvC1a1fTEThETheEE", "a::f::<(), (u8,), (u8, str)>"),
            ("_RIC0Kc27_E", "::<'\\''>"), ("_RIC0Kca_E", "::<'\\n'>"), ("_RIC0Kc2202_E", "::<'∂'>"),
            (
                "_RIC0KVNtC1a1BS1sRe616263_2chc78_1lRAh1_h2_EEE",
                "::<{a::B { s: \"abc\", ch: 'x', l: &[1, 2] }}>"
            ),
            ("_RIC0KVNvINtC1a1OjE4SomeTj0_EE", "::<{a::O::<usize>::Some(0)}>"),
            ("_RIC0KVNvINtC1a1OjE4NoneUE", "::<{a::O::<usize>::None}>"),
            ("_RIC0KTRe616263_c78_EE", "::<{(\"abc\", 'x')}>"), ("_RIC0KTj0_EE", "::<{(0,)}>"),
            ("_RIC0KRh7b_E", "::<{&123}>"), ("_RIC0KQAEE", "::<{&mut []}>"),
            ("_RIC0Ke090a_E", "::<{*\"\\t\\n\"}>"), ("_RIC0KRee28882_E", "::<\"∂\">"),
            ("_RIC0Kj123456789abcdef01_E", "::<0x123456789abcdef01>"),
            ("_RIC0Kj0000ff_E", "::<255>"), ("_RIC0Kan80_E", "::<-128>"), ("_RIC0Kb2_E", nil),
            ("_RIC0Kcd800_E", nil), ("_RIC0Re61_E", nil), ("_RIC0KReff_E", nil),
            ("_RIC0KRe6_E", nil),
            ("_R", nil), ("_RNv", nil), ("_RC", nil), ("_R1NvC1a1b", nil), ("_ZN4core3fmtE", nil),
            ("_RB_", nil), ("_RNvB_1a", nil), ("_RNvC1a99999999999999999999b", nil), ("main", nil),
            ("_RINvC1a1fRL0_hE", nil), ("_RNvCszzzzzzzzzzzzzzzzzz_1a1f", nil), ("", nil),
        ] as [(String, String?)])
    func `Each part of a symbol has its form`(symbol: String, name: String?) {
        #expect(RustSymbol.demangle(symbol) == name, "\(symbol)")
    }

    @Test func `Names of great depth or length are given up`() {
        let deep =
            "_R" + String(repeating: "Nv", count: 4_000) + "C1a"
            + String(repeating: "1b", count: 4_000)
        #expect(RustSymbol.demangle(deep) == nil)
        // Each tuple holds the one before it twice.
        var doubling = "_RINvC1a1fTeE"
        var before = 8
        for _ in 0..<200 {
            let here = doubling.utf8.count - 2
            let reference = before == 0 ? "B_" : "B" + Self.base62(before - 1) + "_"
            doubling += "T" + reference + reference + "E"
            before = here
        }
        #expect(RustSymbol.demangle(doubling + "E") == nil)
    }

    private static func base62(_ value: Int) -> String {
        let digits = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return (value >= 62 ? base62(value / 62) : "") + String(digits[value % 62])
    }

    @Test func `Symbols that chance damaged have some name or none`() throws {
        let real = try Self.symbols(
            ["-O", "-C", "symbol-mangling-version=v0"], for: "damage of real names")
        let symbols =
            (real ?? []).filter { $0.hasPrefix("_R") } + [
                "_RIC0KVNtC1a1BS1sRe616263_2chc78_1lRAh1_h2_EEE",
                "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
                "_RINvC1a1fDINtB2_1ThEp1AjNtB2_1UEL_E", "_RINvC1a1fFUKCOhPtEiE",
            ]
        var chance = SeededGenerator(seed: 2603)
        let letters = Array("_0123456789BCDEFGIKLMNPQRSTUVXYabehjnpsuvz.".utf8)
        var named = 0
        for _ in 0..<60_000 {
            var bytes = Array((symbols.randomElement(using: &chance) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...4, using: &chance) where bytes.count > 2 {
                let place = Int.random(in: 2..<bytes.count, using: &chance)
                switch Int.random(in: 0..<4, using: &chance) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(letters.randomElement(using: &chance) ?? 95, at: place)
                case 2: bytes[place] = letters.randomElement(using: &chance) ?? 95
                default: bytes[place] = UInt8.random(in: 0...255, using: &chance)
                }
            }
            let name = RustSymbol.demangle(String(decoding: bytes, as: UTF8.self))
            if let name {
                named += 1
                #expect(name.utf8.count <= 65_536, "seed \(chance.seed)")
            }
        }
        #expect(named > 1_000, "seed \(chance.seed)")
    }
}
