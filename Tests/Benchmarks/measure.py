"""Processes under measurement, and how figures are shown."""

import argparse
import atexit
import os
import pathlib
import select
import signal
import socket
import statistics
import subprocess
import tempfile
import time

DEADLINE = 30  # seconds after which a measurement has failed


class Process:
    """A program whose lines on one stream, standard error or standard output, are read through a pipe."""

    def __init__(self, command, stream="stderr", environment=None):
        self.pending = b""
        self.unread = []
        self.output = []
        self.pipe, outside = os.pipe()
        null = os.open(os.devnull, os.O_WRONLY)
        streams = {"stdin": subprocess.PIPE, "stdout": null, "stderr": null, stream: outside}
        self.started = time.monotonic_ns()
        self.process = subprocess.Popen([str(word) for word in command], start_new_session=True,
                                        env=environment, **streams)
        os.close(outside)
        os.close(null)
        self.pid = self.process.pid
        atexit.register(self.kill)

    def line(self, text, times=1, unless=None):
        """Reads on until `text` was in that many lines. The time of the last one, in ns of the monotonic clock.

        A line with `unless` in it ends the waiting: it is raised as `Unexpected`.
        """
        limit = time.monotonic() + DEADLINE
        while True:
            while self.unread:
                now, line = self.unread.pop(0)
                if unless and unless.encode() in line:
                    raise Unexpected(line.decode().split(unless, 1)[1])
                times -= text.encode() in line
                if times == 0:
                    return now
            readable, _, _ = select.select([self.pipe], [], [], max(0, limit - time.monotonic()))
            data = os.read(self.pipe, 65536) if readable else b""
            now = time.monotonic_ns()
            if not data:
                raise SystemExit(f"{self.process.args[0]} did not write {text!r}; it wrote: {self.written()}")
            *lines, self.pending = (self.pending + data).split(b"\n")
            self.output += [line + b"\n" for line in lines]
            self.unread += [(now, line) for line in lines]

    def written(self):
        """The last lines of what was read."""
        return b"".join(self.output[-20:]).decode()

    def take(self, seconds):
        """Reads what is there or comes within this time. False at the end."""
        if not select.select([self.pipe], [], [], max(0, seconds))[0]:
            return True
        data = os.read(self.pipe, 65536)
        now = time.monotonic_ns()
        *lines, self.pending = (self.pending + data).split(b"\n")
        self.output += [line + b"\n" for line in lines]
        self.unread += [(now, line) for line in lines]
        return bool(data)

    def rest(self):
        """Reads to the end."""
        limit = time.monotonic() + DEADLINE
        while time.monotonic() < limit and self.take(limit - time.monotonic()):
            pass

    def drain(self):
        """Forgets what was written so far."""
        self.unread = []
        while select.select([self.pipe], [], [], 0)[0]:
            data = os.read(self.pipe, 65536)
            if not data:
                break
            *_, self.pending = (self.pending + data).split(b"\n")

    def accepts(self, place):
        """Tries to connect to a port or a socket's path, every 50 µs, until somebody listens. The time of that."""
        family, address = (socket.AF_INET, ("127.0.0.1", place)) if isinstance(place, int) else (socket.AF_UNIX, str(place))
        limit = time.monotonic() + DEADLINE
        while time.monotonic() < limit:
            with socket.socket(family) as client:
                if client.connect_ex(address) == 0:
                    return time.monotonic_ns()
            time.sleep(50e-6)
        raise SystemExit(f"{self.process.args[0]} does not listen on {place}")

    def children(self):
        """The processes that it started and that still run."""
        found = []
        for task in os.listdir(f"/proc/{self.pid}/task"):
            try:
                with open(f"/proc/{self.pid}/task/{task}/children") as file:
                    found += [int(number) for number in file.read().split()]
            except FileNotFoundError:
                pass  # a thread that ended meanwhile
        return found

    def memory(self):
        """What smaps_rollup says, in KB: of RSS, PSS and private pages, and of those the dirty ones."""
        return memory(self.pid)

    def wakeups(self):
        """Voluntary context switches of all threads so far."""
        return wakeups(self.pid)

    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def stop(self):
        limit = time.monotonic() + DEADLINE
        asked = 0
        while self.process.poll() is None and time.monotonic() < limit:
            if time.monotonic() > asked + 2:  # once more where need be: mosquitto forgets a signal that comes while it starts
                self.process.send_signal(signal.SIGTERM)
                asked = time.monotonic()
            # What it still writes must not block it.
            if select.select([self.pipe], [], [], 0.05)[0] and not os.read(self.pipe, 65536):
                time.sleep(0.01)
        self.process.wait(DEADLINE)
        os.close(self.pipe)

    def end(self, patience):
        """Tells it to stop once. Milliseconds until it was gone; None and a kill if that took more than `patience` seconds."""
        gone = os.pidfd_open(self.pid)
        begin = time.monotonic_ns()
        self.process.send_signal(signal.SIGTERM)
        while time.monotonic_ns() < begin + patience * 1_000_000_000:
            readable, _, _ = select.select([self.pipe, gone], [], [], patience)
            if gone in readable:
                break
            if self.pipe in readable and not os.read(self.pipe, 65536):
                select.select([gone], [], [], patience)
        passed = time.monotonic_ns() - begin
        ended = bool(select.select([gone], [], [], 0)[0])
        self.kill()
        os.close(gone)
        os.close(self.pipe)
        return passed / 1e6 if ended else None

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


class Unexpected(Exception):
    """A line that was not to come: what is behind the mark."""


def memory(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        fields = dict(line.split(":") for line in list(file)[1:])
    found = {name: int(fields[name].split()[0]) for name in ("Rss", "Pss", "Private_Dirty", "Private_Clean")}
    found["Private"] = found["Private_Dirty"] + found.pop("Private_Clean")
    return found


def wakeups(pid):
    count = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status") as file:
            count += sum(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt_switches"))
    return count


def processor_time(pid):
    """Nanoseconds that all threads of a process have run."""
    time = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat") as file:
            time += int(file.read().split()[0])
    return time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Figures:
    """Repeated measurements, by name in the order of their first appearance."""

    def __init__(self):
        self.values = {}

    def add(self, name, value):
        self.values.setdefault(name, []).append(value)

    def median(self, name):
        """None if it was never measured."""
        values = self.values.get(name)
        return statistics.median(values) if values else None

    def show(self, title, unit, digits=0):
        print(f"\n{title}")
        for name, values in self.values.items():
            median = self.median(name)
            print(f"  {name:<42} {median:>9.{digits}f} {unit}  [{min(values):.{digits}f}–{max(values):.{digits}f}]  N={len(values)}")


class Targets:
    """What is to be reached, and what was."""

    def __init__(self):
        self.all = []

    def add(self, what, value, limit, unit, least=False):
        """`least`: the limit is what is to be reached, otherwise what is not to be exceeded. A value of None was not measured."""
        reached = value is not None and (value >= limit if least else value <= limit)
        self.all.append((what, value, "≥" if least else "≤", limit, unit, reached))

    def show(self):
        print(f"\nload average after: {os.getloadavg()[0]:.1f}")
        print("\ntargets")
        for what, value, sign, limit, unit, reached in self.all:
            shown = "not measured" if value is None else f"{value:.2f} {unit}"
            verdict = "reached" if reached else "" if value is None else "MISSED"
            print(f"  {what:<46} {shown:>18}   target {sign} {limit} {unit:<10} {verdict}")


def printed_figures(program, *words):
    """What a benchmark program prints, by name: lines of a name and a number."""
    command = [str(word) for word in (program, *words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise SystemExit(f"{program} {words[0]}: {done.stdout}{done.stderr}")
    return {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines())}


def machine():
    """What it was measured on, in one line."""
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith(("model name", "Model"))]
    with open("/etc/os-release") as file:
        system = dict(line.strip().split("=", 1) for line in file if "=" in line)
    release = os.uname()
    name = models[-1] if models else release.machine
    return f"{name}, {os.cpu_count()} processors, Linux {release.release}, {system.get('PRETTY_NAME', '').strip(chr(34))}"


def run_parts(what, parts, bench):
    """Reads the arguments of `Toolchain/bench what`, and measures the parts that are asked for.

    `bench` makes, of the arguments and a folder, what has a method for each part, and `targets`.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--built", type=pathlib.Path, required=True)
    parser.add_argument("--scratch", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", default="", help="parts to measure, of: " + ", ".join(parts))
    asked = parser.parse_args()
    wanted = asked.only.split() if asked.only else parts
    if not set(wanted) <= set(parts):
        raise SystemExit(f"--only {asked.only}: use some of {', '.join(parts)}")
    revision = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=asked.scratch, capture_output=True, text=True)
    print(f"Toolchain/bench {what}, revision {revision.stdout.strip()}")
    print(f"machine: {machine()}")
    print(f"median [min–max], load average before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(dir=asked.scratch) as folder:
        it = bench(asked, pathlib.Path(folder).resolve())
        for part in parts:
            if part in wanted:
                getattr(it, part)()
        it.targets.show()
