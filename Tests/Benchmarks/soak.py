"""Whether a host that runs for long stays as it is. Called by `Toolchain/soak`.

Each part lets instances end and start again, round by round, and compares memory, descriptors and threads of the host after the last
round with those after the first tenth of them. The checked parts do fewer rounds of all that under a tool that sees every fault.
"""

import argparse
import os
import pathlib
import re
import signal
import sys
import tempfile
import time

from device import ISOLATIONS, Device, manifest, route
from measure import DEADLINE, machine

GROWTH = 128  # KB of private dirty memory that the whole of the rounds may add: queues of log lines, free lists, the database's cache
SANITIZER = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:exitcode=99:detect_stack_use_after_return=1",
             # The only one, and why: soak.supp.
             "LSAN_OPTIONS": f"exitcode=99:print_suppressions=0:suppressions={pathlib.Path(__file__).with_suffix('.lsan')}", "SWIFT_BACKTRACE": "enable=no"}


class Soak:
    def __init__(self, asked):
        self.asked = asked
        self.failures = []
        self.folders = 0

    def device(self, program, modules, routes=None, does=None, under=()):
        """A host; `does` by module."""
        self.folders += 1
        content = manifest(modules, routes, {name: {"does": what} for name, what in (does or {}).items()})
        images = [self.asked.built / "libsoak.so", self.asked.built / "libfunctions.so"]
        return Device(program, images, self.asked.scratch / f"device{self.folders}", content, under=under)

    def library(self, isolation):
        return {"type": "library", "status": "running", "restartPolicy": "always", "env": {"SWIFT_BACKTRACE": {"value": "enable=no"}},
                "settings": {"image": "libsoak.so", "isolation": isolation}}

    def rounds(self, name, modules, does, advance, begin="starts device"):
        """Round by round; the figures of the host after a tenth of them and at the end."""
        with self.device(self.asked.program, modules, does=does) as host:
            host.line(begin)
            count = self.asked.rounds
            warm = max(count // 10, min(count // 2, 50))
            for _ in range(warm):
                advance(host)
            before = self.at_rest(host)
            for _ in range(count - warm):
                advance(host)
            after = self.at_rest(host)
        text = ", ".join(f"{what} {before[what]} -> {after[what]}" for what in before)
        print(f"  {name:<34} {count:>6} rounds: {text}")
        grown = after["dirty KB"] - before["dirty KB"]
        if grown > GROWTH or after["descriptors"] > before["descriptors"] or after["threads"] > before["threads"]:
            self.failures.append(f"{name} grows: {text}")

    def at_rest(self, host):
        """The figures of the host while its one instance does not run."""
        host.command("stop", "m")
        # The thread that looks for images ends a moment after its last one.
        found = [(host.memory()["Private_Dirty"], len(os.listdir(f"/proc/{host.pid}/fd")), host.threads()) for _ in range(10)
                 if not time.sleep(0.02)]
        host.drain()
        host.command("start", "m")
        return dict(zip(("dirty KB", "descriptors", "threads"), map(min, zip(*found))))

    def crash(self):
        for does, end in (("crash", "SIGABRT"), ("exit", "exit code 3")):
            self.rounds(f"{does}, process", {"m": self.library("process")}, {"m": does}, lambda host, end=end: host.line(end))

    def restart(self):
        for isolation in ISOLATIONS:
            def again(host):
                host.command("restart", "m")
                host.line(" running (")

            self.rounds(f"stop and start, {isolation}", {"m": self.library(isolation)}, {}, again, " running (")

    def refuse(self):
        for does, reason in (("refuse", "create returned NULL"), ("fail", "start returned -7")):
            for isolation in ISOLATIONS:
                self.rounds(f"{does}, {isolation}", {"m": self.library(isolation)}, {"m": does}, lambda host, reason=reason: host.line(reason))

    def everything(self, program, rounds, isolations, under=()):
        """All sorts of instances at work, ended and started, on a program that checks itself."""
        modules = {f"{does}-{isolation}": self.library(isolation) for isolation in isolations for does in ("work", "refuse", "fail")}
        modules |= {"echo": self.library("loop"), "functions": functions("loop")}
        if "process" in isolations:
            modules["crash"] = self.library("process")
        does = {name: name.split("-")[0] for name in modules if name not in ("echo", "functions")}
        routes = {f"of{isolation}": route(f"work-{isolation}", "out", "echo") for isolation in isolations}
        for name in does:
            if not name.startswith("work"):
                modules[name]["restartPolicy"] = "never"
        modules["missing"] = {**self.library("loop"), "settings": {"image": "libmissing.so"}}
        modules["plain"] = {**self.library("loop"), "settings": {"image": "libfunctions.so"}}
        modules["unbound"] = {**modules["functions"], "settings": {**modules["functions"]["settings"], "functions": {"f": {
            "symbol": "not_there", "arguments": [], "returns": "void"}}}}
        # One after the other: threads that appear while two modules start are taken for both's.
        for name in does:
            modules[name]["status"] = "stopped" if name.startswith("work") else "running"
        host = self.device(program, modules, routes, does, under)
        host.line("agent: functions running (")
        for _ in range(rounds + 1):
            for name in [*does, "missing", "plain", "unbound"]:
                host.drain()
                host.command("restart", name)
                host.line(f"agent: {name} {'running (' if name.startswith('work') else 'failed: '}")
        for arguments in ("[1,2]", "[1]", "1"):
            host.command("invoke", "functions", "add", arguments)
        host.command("twin", "echo", "--desired", '{"a":1}')
        host.command("list")
        host.process.terminate()
        host.rest()
        return host.process.wait(DEADLINE), b"".join(host.output).decode(errors="replace")

    def valgrind(self):
        # What runs under valgrind starts its children by /proc/self/exe, which is then valgrind.
        log = self.asked.scratch / "valgrind.%p.log"
        under = ["valgrind", "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite",
                 "--error-exitcode=99", "--child-silent-after-fork=yes", "--num-callers=40", f"--log-file={log}",
                 f"--suppressions={pathlib.Path(__file__).with_suffix('.supp')}"]
        rounds = max(1, self.asked.rounds // 50)
        code, written = self.everything(self.asked.checked, rounds, ("loop", "thread"), under)
        logs = [path.read_text(errors="replace") for path in sorted(self.asked.scratch.glob("valgrind.*.log"))]
        counts = [int(number.replace(",", "")) for text in logs for number in re.findall(r"ERROR SUMMARY: ([\d,]+) errors", text)]
        print(f"  valgrind: {rounds} rounds, exit code {code}, {len(logs)} processes, {sum(counts)} errors")
        if code != 0 or sum(counts) or not counts:
            self.failures.append("valgrind: " + "\n".join(text for text in logs if "ERROR SUMMARY: 0" not in text) + written[-3000:])

    def asan(self):
        os.environ.update(SANITIZER)
        rounds = max(1, self.asked.rounds // 10)
        code, written = self.everything(self.asked.sanitized, rounds, ISOLATIONS)
        print(f"  AddressSanitizer: {rounds} rounds, exit code {code}")
        if code != 0 or "Sanitizer" in written:
            self.failures.append("AddressSanitizer: " + written[-20000:])


def functions(isolation):
    add = {"symbol": "add", "arguments": ["double", "double"], "returns": "double"}
    return {"type": "functions", "status": "running", "restartPolicy": "always",
            "settings": {"image": "libfunctions.so", "isolation": isolation, "functions": {"add": add}}}


PARTS = ("crash", "restart", "refuse", "valgrind", "asan")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--checked", type=pathlib.Path, required=True)
    parser.add_argument("--sanitized", type=pathlib.Path)
    parser.add_argument("--built", type=pathlib.Path, required=True)
    parser.add_argument("--scratch", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--only", default=" ".join(PARTS))
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what runs is ended at exit
    print(f"Toolchain/soak, {asked.rounds} rounds: {asked.only}")
    print(f"machine: {machine()}")
    with tempfile.TemporaryDirectory(dir=asked.scratch) as folder:
        asked.scratch = pathlib.Path(folder)
        soak = Soak(asked)
        for part in asked.only.split():
            getattr(soak, part)()
            sys.stdout.flush()
    for failure in soak.failures:
        print(f"FAILED: {failure}")
    raise SystemExit(1 if soak.failures else 0)


main()
