"""What Martlet costs while it does nothing: size, memory, time to start, wake-ups, time to restart a module that crashed.

Called by `Toolchain/bench footprint`. Each figure is measured in turns with its peers, so that all of them see the same machine.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from measure import Figures, Process, free_port, machine
from sizes import parts


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dist", type=pathlib.Path, required=True)
    parser.add_argument("--maps", type=pathlib.Path, required=True)
    parser.add_argument("--board", required=True)
    parser.add_argument("--floor", type=pathlib.Path, required=True)
    parser.add_argument("--scratch", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=11)
    return parser.parse_args()


def library_manifest(sample, period_ms):
    """The sample device's manifest with its library modules alone, and the routes between them."""
    manifest = json.loads(sample.read_text())
    content = manifest["modulesContent"]
    agent = content["$edgeAgent"]["properties.desired"]
    manifest.pop("host", None)  # its ports are for those that are left out
    gone = [name for name, module in agent["modules"].items() if module["type"] != "library"]
    for name in gone:
        del agent["modules"][name]
        content.pop(name, None)
    routes = content["$edgeHub"]["properties.desired"]["routes"]
    for name, route in list(routes.items()):
        if any(f"/modules/{module}/" in json.dumps(route) for module in gone):
            del routes[name]
    content["telemetry"]["properties.desired"]["periodMs"] = period_ms
    return manifest


def crash_manifest():
    """One executable that is restarted at once, however often."""
    module = {"type": "executable", "status": "running", "restartPolicy": "always",
              "settings": {"image": "floor", "protocol": "stdio"}}
    return {"device": {"id": "bench"}, "host": {"restart": {"coolOffSeconds": 0, "maxRestarts": 100_000}},
            "modulesContent": {"$edgeAgent": {"properties.desired": {
                "schemaVersion": "1.1", "runtime": {"type": "martlet"}, "modules": {"crasher": module}}}}}


class Bench:
    def __init__(self, asked, folder):
        self.asked = asked
        self.folder = folder
        self.dist = asked.dist / asked.board
        self.port = free_port()
        self.sample = self.dist / "share/martlet/hannover01.json"
        self.runsv = shutil.which("runsv")
        self.mosquitto = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        for peer, found in (("mosquitto", self.mosquitto), ("runit", self.runsv)):
            if not found:
                print(f"{peer} is not installed and not measured: apt-get install {peer}")

    # What is started.

    def martlet(self, manifest, name, modules):
        """A host of its own: each name has its state folder, which stays from run to run."""
        place = self.folder / name
        place.mkdir(exist_ok=True)
        file = place / "device.json"
        file.write_text(json.dumps(manifest))
        return Process([self.dist / "bin/martlet", "run", file, "--modules", modules, "--state", place / "state", "--runtime", place / "run"])

    def libraries(self, name, period_ms):
        manifest = library_manifest(self.sample, period_ms)
        count = len(manifest["modulesContent"]["$edgeAgent"]["properties.desired"]["modules"])
        return self.martlet(manifest, name, self.dist / "lib/martlet/modules"), count

    def broker(self):
        config = self.folder / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type none\n")
        return Process([self.mosquitto, "-c", config])

    def floor(self, *words):
        return Process([self.asked.floor, *words], stream="stdout")

    # What is measured.

    def sizes(self):
        print("\nsize of the stripped program, bytes")
        print(f"  {'board':<8} {'file':>9} {'without C libraries':>20}   C libraries linked into it")
        for board in sorted(path.name for path in self.asked.dist.iterdir() if (path / "bin/martlet").exists()):
            size = (self.asked.dist / board / "bin/martlet").stat().st_size
            libraries = parts(self.asked.maps / f".build-{board}" / "martlet.map")
            listed = ", ".join(f"{name} {bytes}" for name, bytes in sorted(libraries.items(), key=lambda part: -part[1]))
            print(f"  {board:<8} {size:>9} {size - sum(libraries.values()):>20}   {listed}")

    def start(self):
        figures = Figures()
        host, count = self.libraries("start", 86_400_000)
        with host:
            host.line(" running (", count)
        for _ in range(self.asked.runs):
            host, count = self.libraries("start", 86_400_000)
            with host:
                figures.add(f"martlet, {count} library modules", (host.line(" running (", count) - host.started) / 1e6)
            if self.mosquitto:
                with self.broker() as broker:
                    figures.add("mosquitto, to accept", (broker.accepts(self.port) - broker.started) / 1e6)
            with self.floor("ready") as floor:
                figures.add("floor: C, puts", (floor.line("ready") - floor.started) / 1e6)
        figures.show("from exec to ready, with an existing state folder", "ms", 1)

    def idle(self, name, period_ms):
        """Martlet and its peers, each alone of its kind: two of a program would share its pages, and halve what each counts."""
        host, count = self.libraries(name, period_ms)
        processes = {f"martlet, {count} library modules": host, "floor: C, puts": self.floor("ready")}
        if self.mosquitto:
            processes["mosquitto"] = self.broker()
        host.line(" running (", count)
        time.sleep(5)
        return processes

    def memory(self):
        kinds = {kind: Figures() for kind in ("Private_Dirty", "Pss", "Rss")}
        for _ in range(max(3, self.asked.runs // 3)):
            processes = self.idle("memory", 1000)
            os.sync()  # pages of files just written count as private dirty
            for name, process in processes.items():
                found = process.memory()
                for kind, figures in kinds.items():
                    figures.add(name, found[kind])
            for process in processes.values():
                process.stop()
        titles = {"Private_Dirty": "private dirty memory", "Pss": "proportional set size", "Rss": "resident set size"}
        for kind, figures in kinds.items():
            figures.show(f"{titles[kind]}, after 5 s with a reading a second", "KB")

    def wakeups(self):
        figures = Figures()
        for _ in range(3):
            processes = self.idle("wakeups", 86_400_000)
            before = {name: process.wakeups() for name, process in processes.items()}
            time.sleep(10)
            for name, process in processes.items():
                figures.add(f"{name}, {process.threads()} threads", process.wakeups() - before[name])
            for process in processes.values():
                process.stop()
        figures.show("wake-ups in 10 s: voluntary context switches of all threads, modules without timers", "  ")

    def restart(self):
        modules = self.folder / "crash-modules"
        modules.mkdir()
        shutil.copy(self.asked.floor, modules / "floor")
        supervisors = {
            "martlet": (self.martlet(crash_manifest(), "crash", modules), " running ("),
            "floor: C, fork, exec, wait": (self.floor("supervise", self.asked.floor, "module"), "ready"),
        }
        if self.runsv:
            service = self.folder / "service"
            service.mkdir()
            (service / "run").write_text(f"#!/bin/sh\nexec {self.asked.floor} module\n")
            (service / "run").chmod(0o755)
            supervisors["runit"] = (Process([self.runsv, service], stream="stdout"), "ready")
        figures = Figures()
        for process, text in supervisors.values():
            process.line(text)
        for _ in range(self.asked.runs):
            time.sleep(1.2)  # runit waits for 1 s where a service ran for less
            for name, (process, text) in supervisors.items():
                [child] = process.children()
                process.drain()
                begin = time.monotonic_ns()
                os.kill(child, signal.SIGKILL)
                figures.add(name, (process.line(text) - begin) / 1e6)
        for process, _ in supervisors.values():
            process.stop()
        figures.show("from SIGKILL of a module to its replacement being ready", "ms", 1)


def main():
    asked = options()
    revision = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=asked.maps, capture_output=True, text=True).stdout.strip()
    print(f"Toolchain/bench footprint, revision {revision}, board {asked.board}")
    print(f"machine: {machine()}")
    print(f"median [min–max], load average before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(dir=asked.scratch) as folder:
        bench = Bench(asked, pathlib.Path(folder))
        bench.sizes()
        bench.start()
        bench.memory()
        bench.wakeups()
        bench.restart()


main()
