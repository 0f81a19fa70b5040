"""What the hub costs: routing, durable queues, a blocked consumer. Called by `Toolchain/bench hub`.

Each figure is measured in turns with what others do with the same work: SQLite as a queue in C (hub.c), and mosquitto, where it is installed.
"""

import os
import shutil
import time

from device import Device, library, manifest, pair, route
from measure import Figures, Process, Targets, printed_figures, run_parts

BYTES = 100  # of a body
IN_FLIGHT = 64
ROUTES = 100
CURVE = (1, 10, 100, 1000)
DURABLE = (20_000, 150_000)  # messages, at least and at most: about half a second's work for SQLite
BLOCKED_SECONDS = 1.5
QUEUES = 4 * 1024 * 1024  # memoryQueueBytes
EVERY_MS, EACH_TIME, LARGE = 10, 100, 1000  # what is sent to the consumer that may be blocked: times of sending, messages, their bytes


def executable(image):
    return {"type": "executable", "status": "running", "restartPolicy": "always", "settings": {"image": image}}


def io(pid):
    """Bytes that went to the disk, and that were passed to `write` and its kin."""
    with open(f"/proc/{pid}/io") as file:
        fields = dict(line.split(": ") for line in file)
    return int(fields["write_bytes"]), int(fields["wchar"])


class Bench:
    def __init__(self, asked, folder):
        self.asked = asked
        self.folder = folder
        self.targets = Targets()
        self.mosquitto = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        if not self.mosquitto:
            print("mosquitto is not installed and not measured: apt-get install mosquitto")

    def device(self, content):
        return Device(self.asked.program, [self.asked.built / "libbench.so"], self.folder / "device", content)

    def figures_of(self, program, *words):
        return printed_figures(self.asked.built / program, *words)

    def inside(self, kind, routes, count):
        """Nanoseconds for a message in the hub alone."""
        folder = self.folder / "hub"
        shutil.rmtree(folder, ignore_errors=True)
        return self.figures_of("hubbench", kind, routes, count, folder)["each"]

    def broker(self, count, qos, topics, consumer):
        """Nanoseconds for a message through mosquitto over a socket in the file system, and bytes to the disk for it; None: not all came."""
        folder = self.folder / "mosquitto"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        settings = folder / "conf"
        settings.write_text(f"user root\nlistener 0 {folder}/socket\nallow_anonymous true\nmax_queued_messages 0\nlog_type none\n"
                            f"max_inflight_messages {IN_FLIGHT}\npersistence true\npersistence_location {folder}/\n")
        with Process([self.mosquitto, "-c", settings]) as server:
            server.accepts(folder / "socket")
            before = io(server.pid)[0]
            got = self.figures_of("hub", "mqtt", folder / "socket", count, BYTES, qos, IN_FLIGHT, topics, int(consumer))
            written = (io(server.pid)[0] - before) / count
        return (got["each"] if not consumer or got["received"] == count else None), written

    # Routing.

    def routing(self):
        figures = Figures()
        kinds = (("source", "1 of 100 routes, by source", 5, 1_000_000), ("property", "that one WHERE level = 'high'", 2, 1_000_000),
                 ("body", "that one WHERE $body.temperature > 30", 0.4, 300_000))
        for _ in range(self.asked.runs):
            for kind, name, _, count in kinds:
                figures.add(name, 1000 / self.inside(kind, ROUTES, count))
        figures.show("routing, in the hub alone: from an output to the module it is delivered to, by way of a queue in memory; "
                     "one core, messages with 200 bytes of JSON", "million/s", 2)
        for kind, name, least, _ in kinds:
            self.targets.add(f"routing, 1 of 100 routes, by {kind}", figures.median(name), least, "million/s", least=True)

    def curve(self):
        one, held, every = Figures(), Figures(), Figures()
        for _ in range(self.asked.runs):
            for routes in CURVE:
                one.add(f"{routes} routes", self.inside("source", routes, 200_000))
                held.add(f"{routes} routes", self.inside("conditions", routes, 200_000 // max(1, routes // 10)))
                every.add(f"{routes} routes", self.inside("every", routes, 200_000 // routes))
        one.show("up to 500 endpoints: a message that one route wants, the others are those of other modules", "ns", 0)
        held.show("the same, all routes are its module's, and the condition of one holds", "ns", 0)
        every.show("the same, every route wants it (1000 routes lead to 500 endpoints, once each)", "ns", 0)
        grown = one.median(f"{CURVE[-1]} routes") / one.median(f"{CURVE[0]} routes")
        self.targets.add("1,000 routes, 1 matches, over 1 route", grown, 1.25, "times")

    def sockets(self):
        """Messages between processes: what a broker does, too."""
        figures = Figures()
        content = pair("process")
        routes = content["modulesContent"]["$edgeHub"]["properties.desired"]["routes"]
        routes |= {f"r{number}": route(f"m{number}", "data", f"m{number}") for number in range(ROUTES - len(routes))}
        count = 200_000
        for _ in range(self.asked.runs):
            with self.device(content) as host:
                host.running()
                figures.add("martlet, process", count / self.passed(host, count, batch=250, window=8) / 1000)
            if self.mosquitto:
                each, _ = self.broker(count, 0, ROUTES, True)
                if each:
                    figures.add("mosquitto, QoS 0", 1e6 / each)
        figures.show(f"from process to process over sockets, in memory, 1 of {ROUTES} routes or subscribed topics, {BYTES} bytes", "thousand/s", 0)

    def passed(self, host, count, batch, window):
        """Seconds until all were accepted and received, whole and in order."""
        host.invoke("sink", "expect", {"count": count, "bytes": BYTES})
        got = host.invoke("source", "blast", {"count": count, "bytes": BYTES, "batch": batch, "window": window})
        for _ in range(2000):
            sink = host.invoke("sink", "count", {})
            if sink["wrong"] or sink["count"] > count:
                break
            if sink["lastNs"]:
                return (max(got["endNs"], sink["lastNs"]) - got["startNs"]) / 1e9
            time.sleep(0.01)
        raise SystemExit(f"{count} messages sent, {sink['count']} received, {sink['wrong']} of them wrong\n{host.written()}")

    # Queues on disk.

    def durable(self):
        rate, disk, share = Figures(), Figures(), Figures()

        def note(name, each, written):
            rate.add(name, 1e6 / each)
            disk.add(name, written)

        for _ in range(self.asked.runs):
            count = DURABLE[0]
            for drained, how in ((1, ", stored and removed"), (0, ", stored")):
                for file in self.folder.glob("bare.db*"):
                    file.unlink()
                got = self.figures_of("hub", "queue", self.folder / "bare.db", count, IN_FLIGHT, BYTES, drained)
                note(f"SQLite: batches of {IN_FLIGHT}{how}", got["each"], got["written"])
                count = int(max(DURABLE[0], min(DURABLE[1], 5e8 / got["each"])))
            for isolation in ("loop", "process"):
                for drained in (False, True):
                    self.durable_martlet(isolation, drained, count, note)
            own, bare = (rate.values[name][-1] for name in ("martlet, loop, stored", f"SQLite: batches of {IN_FLIGHT}, stored"))
            share.add("martlet, loop, stored", own / bare)
            if self.mosquitto:
                for consumer, how in ((False, ", queued"), (True, ", queued and consumed")):
                    each, written = self.broker(DURABLE[0], 1, 1, consumer)
                    if each:
                        note("mosquitto, QoS 1" + how, each, written)
        print("\nmosquitto keeps its queue in memory and writes it out every half an hour: what it has acknowledged since is lost with it")
        rate.show(f"durable queue: acknowledged messages of {BYTES} bytes, {IN_FLIGHT} in flight", "thousand/s", 1)
        disk.show("of them, written to the disk for each message", "B", 0)
        share.show("divided by SQLite alone in the same turn", "  ", 2)
        self.targets.add("durable queue, 64 in flight", rate.median("martlet, loop, stored"), 100, "thousand/s", least=True)
        self.targets.add("the same, consumed meanwhile", rate.median("martlet, loop, stored and consumed"), 100, "thousand/s", least=True)

    def durable_martlet(self, isolation, drained, count, note):
        more = {"persistence": "disk", "whenFull": "refuse"}
        upstream = {"route": "FROM /messages/modules/source/outputs/data INTO $upstream", **more}
        content = manifest({"source": library(isolation), "sink": library(isolation)},
                           {"data": route("source", "data", "sink", **more) if drained else upstream})
        content["host"]["limits"] = {"diskQueueBytes": 1 << 30, "memoryQueueBytes": 1 << 26}
        with self.device(content) as host:
            host.running()
            before = io(host.pid)[0]
            if drained:
                passed = self.passed(host, count, batch=1, window=IN_FLIGHT)
            else:
                asked = {"count": count, "bytes": BYTES, "batch": 1, "window": IN_FLIGHT}
                got = host.invoke("source", "blast", asked)
                passed = (got["endNs"] - got["startNs"]) / 1e9
            written = io(host.pid)[0] - before
        note(f"martlet, {isolation}, stored{' and consumed' if drained else ''}", passed * 1e9 / count, written / count)

    # A consumer that takes nothing.

    def blocked(self):
        figures, ratio, grown = Figures(), Figures(), Figures()
        for _ in range(self.asked.runs):
            alone, before = self.beside(None)
            taking, _ = self.beside(False)
            stuck, after = self.beside(True)
            figures.add("alone", alone)
            figures.add("beside two that take all", taking)
            figures.add("beside two that are blocked", stuck)
            ratio.add("blocked, of alone", stuck / alone)
            ratio.add("blocked, of taking", stuck / taking)
            grown.add("blocked, more than alone", (after - before) / 1024)
        sent = EACH_TIME * 1000 // EVERY_MS
        figures.show(f"a healthy pair in the loop; beside it {sent} messages/s of {LARGE} bytes to each of two others, a thread and a program", "million/s", 2)
        ratio.show("of that", "  ", 2)
        grown.show(f"the host's memory at its highest; memoryQueueBytes is {QUEUES / 2**20:.0f} MB", "MB", 2)
        self.targets.add("a pair beside blocked consumers, of alone", ratio.median("blocked, of alone"), 0.9, "", least=True)
        self.targets.add("memory for what waits, of the bound", grown.median("blocked, more than alone") / (QUEUES / 2**20), 1.5, "times")

    def beside(self, is_blocked):
        """Million messages a second of a pair, and the host's highest memory in KB. None: nothing is beside it."""
        content = pair("loop")
        desired = content["modulesContent"]
        if is_blocked is not None:
            modules = desired["$edgeAgent"]["properties.desired"]["modules"]
            modules |= {"flood": library("loop"), "thread": library("thread"), "program": executable("reader")}
            routes = desired["$edgeHub"]["properties.desired"]["routes"]
            for name in ("thread", "program"):
                routes[name] = {"route": f'FROM /messages/modules/flood/outputs/paced INTO BrokeredEndpoint("/modules/{name}/inputs/in")'}
        content["host"]["limits"] = {"memoryQueueBytes": QUEUES}
        host = self.device(content)
        self.install_reader(host, is_blocked)
        host.running()
        if is_blocked is not None:
            if is_blocked:
                host.invoke("thread", "stick", {})
            host.invoke("flood", "pace", {"batch": EACH_TIME, "everyMs": EVERY_MS, "bytes": LARGE})
            time.sleep(2 * QUEUES / (LARGE * EACH_TIME * 1000 / EVERY_MS))  # twice as long as it takes to fill a queue
        count, rates, begin = 300_000, [], time.monotonic()
        while time.monotonic() < begin + BLOCKED_SECONDS:
            rates.append(count / self.passed(host, count, batch=250, window=1) / 1e6)
        with open(f"/proc/{host.pid}/status") as file:
            highest = int(next(line for line in file if line.startswith("VmHWM")).split()[1])
        host.kill()  # a thread that is stuck does not end
        return sorted(rates)[len(rates) // 2], highest

    def install_reader(self, host, is_blocked):
        """A program that reads all messages, or none."""
        file = host.modules / ".reader"
        file.write_text("#!/bin/sh\necho '{\"method\":\"ready\"}'\n" + ("exec sleep 1000\n" if is_blocked else "exec cat > /dev/null\n"))
        file.chmod(0o755)
        os.replace(file, host.modules / "reader")


PARTS = ("routing", "curve", "sockets", "durable", "blocked")

run_parts("hub", PARTS, Bench)
