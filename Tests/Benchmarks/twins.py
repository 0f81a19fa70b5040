"""What twins cost: merges, durable patches, notifications, memory, starts. Called by `Toolchain/bench twins`.

Each figure is measured in turns with what C alone does on the same disk (twins.c), so that both see the same machine.
"""

import concurrent.futures
import http.client
import json
import os
import pathlib
import shutil
import socket
import statistics
import time

from device import Device, manifest
from measure import Figures, Targets, memory, printed_figures, run_parts

WRITERS = 50
TWINS = 10_000
MERGES = 50_000
SECONDS = 2  # of reporting
PATCHES = 500  # whose way to the module is timed
CONNECTIONS = 16  # over which the twins are made


def properties(number=0):
    """2 KB of JSON text: sensors, each with its numbers, texts and limits."""
    return {f"part{part}": {"value": 20.5 + part, "unit": "degrees", "limit": {"low": -40, "high": 85 + part},
                            "name": f"sensor {part:02} of {number:05}", "enabled": True} for part in range(19)}


def text(value):
    return json.dumps(value, separators=(",", ":"))


def module(status="running"):
    return {"type": "library", "status": status, "restartPolicy": "always",
            "settings": {"image": "libtwins.so", "isolation": "loop"}}


class Management(http.client.HTTPConnection):
    """One connection to a host's management socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))

    def ask(self, method, path, body=None, fine=(200, 201, 204)):
        self.request(method, path, body and text(body), {"Content-Type": "application/json"} if body else {})
        response = self.getresponse()
        answer = response.read()
        if response.status not in fine:
            raise SystemExit(f"{method} {path}: {response.status} {answer.decode()}")
        return json.loads(answer) if answer else None

    def invoke(self, name, method, payload):
        asked = {"methodName": method, "payload": payload, "responseTimeoutInSeconds": 60}
        answer = self.ask("POST", f"/twins/bench/modules/{name}/methods", asked)
        if answer["status"] != 200:
            raise SystemExit(f"{name} answers {method} with {answer}")
        return answer["payload"]


class Bench:
    def __init__(self, asked, folder):
        self.asked = asked
        self.folder = folder
        self.targets = Targets()

    def device(self, content, state="state"):
        """A host; one with the same name of its state finds what the one before it left."""
        content["host"]["stateDirectory"] = str(self.folder / state)
        return Device(self.asked.program, [self.asked.built / "libtwins.so"], self.folder / "device", content)

    def management(self, host):
        return Management(host.folder / "run" / "management.sock")

    def writers(self):
        """A host with modules that report, each with a twin of 2 KB, and a connection to it."""
        shutil.rmtree(self.folder / "writers", ignore_errors=True)
        names = [f"m{number}" for number in range(WRITERS)]
        host = self.device(manifest({name: module() for name in names}, desired={"m0": properties()}), "writers")
        host.running()
        client = self.management(host)
        for name in names:
            client.invoke(name, "report", properties())
        return host, client, names

    def figures_of(self, program, *words):
        return printed_figures(self.asked.built / program, *words)

    def sqlite(self, count, batch, size, rows):
        file = self.folder / "bare.db"
        for name in (file, f"{file}-wal", f"{file}-shm"):
            pathlib.Path(name).unlink(missing_ok=True)
        return self.figures_of("twins", "rows", file, count, batch, size, rows)

    # Merges.

    def merges(self):
        figures = Figures()
        words = (text(properties()), text({"part9": {"value": 1.5}}), text({"part9": {"value": 2.5}}))
        for _ in range(self.asked.runs):
            for how, told in (("merge", ""), ("parsed", ", patch parsed from text")):
                each = {program: self.figures_of(program, how, *words, MERGES)["each"] for program in ("twinbench", "twins")}
                figures.add(f"martlet{told}", 1e6 / each["twinbench"])
                figures.add(f"C: jansson{told}", 1e6 / each["twins"])
        figures.show(f"patches of one property into a twin of {len(words[0])} bytes, on one core: checked, merged, size counted; "
                     "jansson: merged in place, size counted", "thousand/s", 1)
        self.targets.add("merges and checks, one core", figures.median("martlet"), 100, "thousand/s", least=True)

    # Reported properties on disk.

    def reports(self):
        figures, latest = Figures(), Figures()
        host, client, names = self.writers()
        with host:
            for _ in range(self.asked.runs):
                begin = time.monotonic_ns() + 300_000_000
                end = begin + SECONDS * 1_000_000_000
                for name in names:
                    client.invoke(name, "run", {"from": begin, "until": end})
                time.sleep((end - time.monotonic_ns()) / 1e9 + 0.1)
                got = [client.invoke(name, "stored", {}) for name in names]
                if any(one["failed"] or not one["ended"] for one in got):
                    raise SystemExit(f"reports failed: {got}\n{host.written()}")
                client.close()  # the host ends connections that are idle for long; the next request opens another
                stored = sum(one["count"] for one in got) / SECONDS
                figures.add(f"martlet, {WRITERS} modules report", stored)
                figures.add("SQLite: single commits, 200 B", 1e9 / self.sqlite(4000, 1, 200, 0)["each"])
                figures.add("SQLite: batches of 100, 200 B", 1e9 / self.sqlite(100_000, 100, 200, 0)["each"])
                same = 1e9 / self.sqlite(50_000, WRITERS, 2200, WRITERS)["each"]
                figures.add(f"SQLite: batches of {WRITERS}, 2 KB replaced", same)
                latest.add("martlet, of SQLite's with the same rows", stored / same)
            answered = client.ask("GET", "/twins/bench/modules/m7")["properties"]["reported"]["counter"]
            if not isinstance(answered, int) or answered < 1:
                raise SystemExit("the reports are not in the twin")
        figures.show(f"durable patches of reported properties: {WRITERS} modules in the loop, twins of 2 KB, one patch of each under way", "a second")
        latest.show("divided by SQLite alone in the same turn", "  ", 2)
        self.targets.add(f"durable reported patches, {WRITERS} writers", figures.median(f"martlet, {WRITERS} modules report"), 20_000,
                    "a second", least=True)

    # From a patch to the module that is told.

    def notifications(self):
        figures, above = Figures(), Figures()
        host, client, names = self.writers()
        with host:
            number = 1
            for _ in range(self.asked.runs):
                sent, answered, first = [], [], number
                for _ in range(PATCHES):
                    begin = time.monotonic_ns()
                    client.ask("PATCH", f"/twins/bench/modules/{names[0]}", {"properties": {"desired": {"counter": number}}})
                    answered.append(time.monotonic_ns() - begin)
                    sent.append(begin)
                    number += 1
                seen = client.invoke(names[0], "seen", {"first": first, "count": PATCHES})
                if not all(seen):
                    raise SystemExit(f"{seen.count(0)} of {PATCHES} patches were not told to the module\n{host.written()}")
                client.close()
                told = statistics.median(end - begin for begin, end in zip(sent, seen)) / 1000
                bare = self.sqlite(1000, 1, 2200, 1)["p50"] / 1000
                figures.add("martlet, to the module", told)
                figures.add("martlet, to the answer", statistics.median(answered) / 1000)
                figures.add("SQLite: one commit of 2 KB", bare)
                above.add("martlet, to the module", told - bare)
        figures.show("medians from a PATCH on the management socket, twin of 2 KB", "µs", 0)
        above.show("above the commit", "µs", 0)
        reached = above.median("martlet, to the module")
        self.targets.add("patch to notification, above a commit", reached / 1000, 1, "ms")

    # Many twins.

    def fill(self):
        """A state with 10,000 twins, made over the service API."""
        shutil.rmtree(self.folder / "many", ignore_errors=True)
        with self.device(manifest({"probe": module()}), "many") as host:
            host.running()

            def make(numbers):
                client = self.management(host)
                for number in numbers:
                    client.ask("PUT", f"/devices/bench/modules/m{number}", {"deviceId": "bench", "moduleId": f"m{number}"})
                    client.ask("PATCH", f"/twins/bench/modules/m{number}", {"properties": {"desired": properties(number)}})

            with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
                list(pool.map(make, (range(first, TWINS, CONNECTIONS) for first in range(CONNECTIONS))))

    def many(self):
        ready, private = Figures(), Figures()
        self.fill()
        document, view, twins = len(text(properties())), 0, 0
        for _ in range(self.asked.runs):
            used = {}
            for state, name in (("none", "without twins"), ("many", f"{TWINS} twins of 2 KB")):
                shutil.rmtree(self.folder / "none", ignore_errors=True)
                with self.device(manifest({"probe": module()}), state) as host:
                    ready.add(name, (host.line(" running (") - host.started) / 1e6)
                    client = self.management(host)
                    client.ask("GET", "/modules/probe")
                    used[state] = memory(host.pid)["Private"]
                    if state == "many":
                        view = len(text(client.ask("GET", f"/twins/bench/modules/m{TWINS - 1}")))
            private.add("martlet", (used["many"] - used["none"]) * 1024 / TWINS)
        ready.show("from exec to the first module running", "ms", 1)
        private.show(f"private memory of each of {TWINS} twins; its properties are {document} bytes of JSON, its whole service view {view}", "B")
        each = private.median("martlet")
        self.targets.add("memory of a twin, by its properties' text", each / document, 2, "times")
        self.targets.add("memory of a twin, by its service view's text", each / view, 2, "times")
        self.targets.add(f"start with {TWINS} twins", ready.median(f"{TWINS} twins of 2 KB") / 1000, 1, "s")


PARTS = ("merges", "reports", "notifications", "many")

run_parts("twins", PARTS, Bench)
