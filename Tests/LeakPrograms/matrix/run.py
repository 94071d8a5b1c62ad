"""Runs leak programs with their servers and callers, and looks at each at its ages."""

import asyncio
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import sys
import tempfile
import time

from . import kernel
from .build import HERE, say

DIE_WITH_PARENT = 1
# Seconds between the starts of the first programs, so that their looks do not coincide later.
START_APART = 0.7
# Children are started from the only thread, so they die with this process even if it is killed.
prctl = ctypes.CDLL(None).prctl


def tie_to_parent():
    prctl(DIE_WITH_PARENT, signal.SIGKILL)


class Failure(Exception):
    """The program, its server or the look at it did not work: no statement about any rule."""


class Processes:
    """Every process that was started, each the head of a group of its own."""

    def __init__(self):
        self.running = set()

    async def start(self, command, log, **more):
        process = await asyncio.create_subprocess_exec(
            *command, start_new_session=True, preexec_fn=tie_to_parent,
            stdin=asyncio.subprocess.DEVNULL, stderr=log, **more)
        self.running.add(process)
        return process

    def kill(self, process):
        self.running.discard(process)
        try:
            # Its children too, even when it has ended itself.
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    async def kill_all(self):
        killed = list(self.running)
        for process in killed:
            self.kill(process)
        await asyncio.gather(*(process.wait() for process in killed))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def last_truth(path, before):
    """The last line that the program wrote before that time."""
    found = None
    for line in path.read_text().splitlines():
        try:
            truth = json.loads(line)
        except json.JSONDecodeError:
            continue
        if truth["time"] <= before + 0.5 or found is None:
            found = truth
    return found


class Run:
    """One program, from its start to its end."""

    def __init__(self, program, places, sockeye, dry, processes, turn, folder):
        self.program, self.sockeye, self.dry = program, sockeye, dry
        self.processes, self.turn = processes, turn
        self.folder = pathlib.Path(folder) / program["name"]
        self.places = {name: str(place) for name, place in places.items()}
        self.looks, self.failure = [], None

    async def go(self):
        self.folder.mkdir()
        self.environment = dict(os.environ, TMPDIR=str(self.folder), PYTHONUNBUFFERED="1",
                                SOCKEYE_TRUTH=str(self.folder / "truth"),
                                SOCKEYE=self.sockeye or "")
        started = []
        try:
            with open(self.folder / "log", "wb") as log:
                await self.start(log, started)
                for age in self.program["ages"]:
                    await self.look(age, started[-1])
        except Failure as failure:
            self.failure = str(failure)
        finally:
            for process in reversed(started):
                self.processes.kill(process)
            for process in started:
                await process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)
        return self

    async def start(self, log, started):
        """The server, the callers, and last the program; returns when it has begun to work."""
        program, pipe = self.program, asyncio.subprocess.PIPE
        names = {"listen": f"127.0.0.1:{free_port()}", "folder": str(self.folder),
                 "sockeye": self.sockeye or "", "rate": str(program.get("rate", 10)),
                 **self.places}
        if modes := program.get("server"):
            server = await self.processes.start(
                [sys.executable, str(HERE / "server.py"), *modes], log, stdout=pipe,
                env=self.environment)
            started.append(server)
            line = await asyncio.wait_for(server.stdout.readline(), 30)
            if not line:
                raise Failure("the server did not start: " + self.log())
            names.update(json.loads(line))
            # Whatever the mode is called, {server} is the first one.
            names["server"] = names[modes[0]]
        for driver in program.get("drivers", []):
            started.append(await self.processes.start(
                [sys.executable, str(HERE / "driver.py"), driver["mode"], names["listen"],
                 str(driver["number"])], log, stdout=log, env=self.environment))
        command = [word.format_map(names) for word in program["command"]]
        process = await self.processes.start(command, log, stdout=log, env=self.environment)
        started.append(process)
        truth = self.folder / "truth"
        for _ in range(600):
            if truth.exists() and (text := truth.read_text()).endswith("\n"):
                self.begin = json.loads(text.splitlines()[0])["time"]
                return
            if process.returncode is not None:
                break
            await asyncio.sleep(0.05)
        raise Failure("the program did not start: " + self.log())

    def log(self):
        return (self.folder / "log").read_bytes()[-400:].decode(errors="replace").strip()

    async def look(self, age, process):
        await asyncio.sleep(max(0, self.begin + age - time.time()))
        if process.returncode is not None:
            raise Failure(f"the program ended before it was {age} s old: " + self.log())
        async with self.turn:
            at = time.time()
            # A busy machine may come late: the age that counts is the real one.
            look = {"age": age, "real_age": at - self.begin, "kernel": kernel.look(process.pid),
                    "report": None}
            if not self.dry:
                look["report"] = await self.inspect(process.pid)
                look["took"] = time.time() - at
        look["truth"] = last_truth(self.folder / "truth", at)
        look["truth"]["since"] = self.begin
        self.looks.append(look)

    async def inspect(self, pid):
        with open(self.folder / "inspect", "w+b") as said:
            inspection = await self.processes.start(
                [self.sockeye, "inspect", str(pid), "--json"], said, stdout=asyncio.subprocess.PIPE)
            try:
                text, _ = await asyncio.wait_for(inspection.communicate(), 60)
            except asyncio.TimeoutError:
                raise Failure("sockeye inspect took longer than a minute") from None
            finally:
                self.processes.kill(inspection)
            try:
                report = json.loads(text)
                report["findings"]
            except (ValueError, KeyError, TypeError):
                said.seek(0)
                words = said.read()[-400:].decode(errors="replace").strip()
                raise Failure(f"sockeye inspect gave no report (status {inspection.returncode}): "
                              + words) from None
            accused = any(found["confidence"] != "undecided" for found in report["findings"])
            if inspection.returncode != (1 if accused else 0):
                raise Failure(f"sockeye inspect ended with {inspection.returncode}, its findings "
                              f"ask for {int(accused)}")
            return report


async def run_all(programs, places, sockeye, dry, jobs):
    """Runs the programs, `jobs` at once, the longest first; kills whatever it started at its end."""
    processes, room = Processes(), asyncio.Semaphore(jobs)
    # Programs of the same age are due at once; looking at them all at once would measure the crowd.
    turn = asyncio.Semaphore(max(1, (os.cpu_count() or 2) // 2))
    main = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, main.cancel)

    async def one(program, folder, delay):
        async with room:
            await asyncio.sleep(delay)
            run = await Run(program, places, sockeye, dry, processes, turn, folder).go()
            say(f"{program['name']}: {run.failure or 'done'}")
            return run

    order = sorted(programs, key=lambda program: -program["ages"][-1])
    with tempfile.TemporaryDirectory(prefix="leak-matrix-", ignore_cleanup_errors=True) as folder:
        try:
            runs = await asyncio.gather(*(
                one(program, folder, START_APART * place if place < jobs else 0)
                for place, program in enumerate(order)))
            return {run.program["name"]: run for run in runs}
        finally:
            await processes.kill_all()
