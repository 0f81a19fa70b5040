"""What modules cost: messages, calls, memory, wake-ups, switches of images. Called by `Toolchain/bench modules`.

Each figure is measured in turns with what the machine itself can do (limits.c), so that both see the same machine.
"""

import os
import shutil
import subprocess
import time

from device import ISOLATIONS, Device, functions, library, manifest, pair
from measure import Figures, Targets, Unexpected, memory, processor_time, run_parts, wakeups

BODY = 100  # bytes
MANY = 100  # idle instances
MOST = {"loop": 500, "thread": 100, "process": 50}


class Bench:
    def __init__(self, asked, folder):
        self.asked = asked
        self.folder = folder
        self.image = asked.built / "libbench.so"
        self.targets = Targets()

    def device(self, content, environment=None):
        images = [self.image, self.asked.built / "libfunctions.so"]
        return Device(self.asked.program, images, self.folder / "device", content, environment)

    def limit(self, *words):
        """What limits.c prints, by name."""
        command = [str(word) for word in (self.asked.built / "limits", *words)]
        lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
        return {name: float(value) for name, value in (line.split() for line in lines)}

    def isolations(self, measure):
        """Calls `measure` for each isolation, and says which the host refuses."""
        refused = {}
        for isolation in ISOLATIONS:
            try:
                measure(isolation)
            except Unexpected as reason:
                refused[isolation] = str(reason)
        for isolation, reason in refused.items():
            print(f"  {isolation}: refused: {reason}")
        return refused

    # Messages.

    def each(self, isolation, count, window):
        """Nanoseconds for each message of a long train, none of which may be lost: that passed, and that the host's processors worked."""
        with self.device(pair(isolation)) as host:
            host.running()
            host.invoke("sink", "expect", {"count": count, "bytes": BODY})
            before = processor_time(host.pid)
            start = host.invoke("source", "blast", {"count": count, "bytes": BODY, "batch": 250, "window": window})["startNs"]
            for _ in range(200):
                got = host.invoke("sink", "count", {})
                if got["wrong"] or got["count"] > count:
                    break
                if got["lastNs"]:
                    return (got["lastNs"] - start) / count, (processor_time(host.pid) - before) / count
                time.sleep(0.05)
            raise SystemExit(f"isolation {isolation}: {count} messages sent, {got['count']} received, {got['wrong']} of them wrong")

    def messages(self):
        figures = Figures()
        print("\nmessages: source → host → sink, 100-byte bodies, a compiled route, all received, whole and in order")

        def measure(isolation):
            count, window = {"loop": (2_000_000, 1), "thread": (1_000_000, 8), "process": (500_000, 8)}[isolation]
            for _ in range(self.asked.runs):
                passed, worked = self.each(isolation, count, window)
                figures.add(f"martlet, {isolation}", passed)
                figures.add(f"martlet, {isolation}, host's processors", worked)
                if isolation == "loop":
                    figures.add("C: call of a function of a .so", self.limit("call", self.image, 5_000_000)["each"])
                    figures.add("C: copied, queued, called, freed", self.limit("copy", self.image, 5_000_000)["each"])
                if isolation == "process":
                    figures.add("C: libuv router of the bytes", self.limit("stream", 1_000_000, 250)["each"])

        self.isolations(measure)
        figures.show("time for each message", "ns", 1)
        for isolation, least in (("loop", 5), ("thread", 1), ("process", 0.3)):
            each = figures.median(f"martlet, {isolation}")
            self.targets.add(f"messages, {isolation}", each and 1000 / each, least, "million/s", least=True)
        self.targets.add("a message, loop", figures.median("martlet, loop"), 200, "ns")

    def allocations(self):
        counter = self.folder / "count"
        environment = os.environ | {"LD_PRELOAD": str(self.asked.built / "count_mallocs.so"), "MALLOC_COUNT": str(counter)}

        def count():
            return int.from_bytes(counter.read_bytes(), "little")

        figures = Figures()
        messages = 500_000
        for _ in range(3):
            with self.device(pair("loop"), environment) as host:
                host.running()
                payload = {"count": messages, "bytes": BODY, "batch": 250}
                host.invoke("source", "blast", payload)  # memory that stays is there from now on
                before = count()
                host.invoke("source", "blast", payload)
                figures.add("martlet, loop", (count() - before) / messages)
        figures.show("allocations for each message, the host's calls of malloc and its kin", "  ", 2)
        self.targets.add("allocations for a message, loop", figures.median("martlet, loop"), 5, "")

    def latency(self):
        figures, beside = Figures(), Figures()
        count = 5000
        print("\none message at a time")

        def measure(isolation):
            for _ in range(self.asked.runs):
                with self.device(pair(isolation)) as host:
                    host.running()
                    for _ in range(3):  # in turns with the peers, so that all see the same machine
                        got = host.invoke("source", "ping", {"count": count, "bytes": BODY})
                        figures.add(f"martlet, {isolation}, p50", got["p50"] / 1000)
                        figures.add(f"martlet, {isolation}, p99", got["p99"] / 1000)
                        if isolation == "thread":
                            figures.add("C: threads over eventfd, p50", self.limit("threads", count)["p50"] / 1000)
                        if isolation == "process":
                            router = self.limit("router", count)
                            figures.add("C: libuv router, p50", router["p50"] / 1000)
                            figures.add("C: libuv router, p99", router["p99"] / 1000)
                            figures.add("C: socketpair, p50", self.limit("pingpong", count)["p50"] / 1000)
                            beside.add("martlet, process", got["p50"] / router["p50"])

        self.isolations(measure)
        figures.show("one way, from send to receive, 100-byte bodies", "µs", 1)
        # Where the system has others to run, most of the time is which processor it gives to whom: so once more without that choice.
        processors = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(processors)})
        for _ in range(self.asked.runs):
            with self.device(pair("process")) as host:
                host.running()
                own = host.invoke("source", "ping", {"count": count, "bytes": BODY})["p50"]
                beside.add("martlet, process, one processor", own / self.limit("router", count)["p50"])
        os.sched_setaffinity(0, processors)
        beside.show("p50 divided by p50 of the router in the same turn; on all processors, and all three on one", "  ", 2)
        self.targets.add("one way, process, beside a libuv router", beside.median("martlet, process"), 1.5, "times")
        self.targets.add("the same on one processor", beside.median("martlet, process, one processor"), 1.5, "times")

    # Calls.

    def calls(self):
        figures = Figures()
        count = 20_000
        print("\ndirect methods of a plain C function through libffi, asked by a library module, 100 at a time")

        def measure(isolation):
            for _ in range(self.asked.runs):
                with self.device(manifest({"source": library("loop"), "plain": functions(isolation)})) as host:
                    host.running()
                    asked = {"count": count, "window": 100, "module": "plain", "method": "add"}
                    children = host.children()
                    before = sum(processor_time(child) for child in children)
                    got = host.invoke("source", "calls", asked)
                    if got["failed"]:
                        raise SystemExit(f"isolation {isolation}: {got['failed']} of {count} calls failed\n{host.written()}")
                    figures.add(f"martlet, {isolation}, whole call", got["ns"] / count / 1000)
                    if isolation == "process":
                        inside = sum(processor_time(child) for child in children) - before
                        figures.add("martlet, process, the child's share", inside / count / 1000)
                if isolation == "process":
                    figures.add("C: ffi_call alone", self.limit("ffi", 2_000_000)["each"] / 1000)

        self.isolations(measure)
        figures.show("time for each call; the child's share is its processor time, reading and writing included", "µs", 2)
        own, bare = figures.median("martlet, process, the child's share"), figures.median("C: ffi_call alone")
        self.targets.add("a libffi call inside the child, over ffi_call", own and own - bare, 3, "µs")

    # Many instances.

    def idle(self, isolation, count):
        host = self.device(manifest({f"m{number}": library(isolation) for number in range(count)}))
        host.running()
        time.sleep(2)
        return host

    def many(self):
        wakes, worked, private, dirty = Figures(), Figures(), Figures(), Figures()
        print(f"\n{MANY} idle instances of one image")

        def cost(host, kind):
            return sum(memory(pid)[kind] for pid in host.all_processes())

        def measure(isolation):
            for _ in range(3):
                with self.idle(isolation, 1) as host:
                    os.sync()  # pages of files just written count as dirty
                    one = {kind: cost(host, kind) for kind in ("Private", "Private_Dirty")}
                with self.idle(isolation, MANY + 1) as host:
                    os.sync()
                    for kind, figures in (("Private", private), ("Private_Dirty", dirty)):
                        figures.add(f"martlet, {isolation}", (cost(host, kind) - one[kind]) / MANY)
                    processes = host.all_processes()
                    woken, ran = sum(map(wakeups, processes)), sum(map(processor_time, processes))
                    time.sleep(5)
                    wakes.add(f"martlet, {isolation}", (sum(map(wakeups, processes)) - woken) / 5)
                    worked.add(f"martlet, {isolation}", (sum(map(processor_time, processes)) - ran) / 5 / 1000)

        self.isolations(measure)
        wakes.show("wake-ups a second: voluntary context switches of all threads of all processes", "  ", 1)
        worked.show("processor time of all of them, a second: one that spins wakes up never", "µs", 1)
        private.show("private memory of each further instance, its process and its copy of the image included", "KB", 1)
        dirty.show("of that, dirty pages", "KB", 1)
        for isolation in ISOLATIONS:
            self.targets.add(f"wake-ups, {MANY} idle instances, {isolation}", wakes.median(f"martlet, {isolation}"), 0, "a second")
        self.targets.add("a further instance, loop", private.median("martlet, loop"), 60, "KB")

    def most(self):
        start, end, private, descriptors = Figures(), Figures(), Figures(), Figures()

        def measure(isolation):
            count, name = MOST[isolation], f"martlet, {MOST[isolation]} {isolation}"
            for _ in range(3):
                host = self.device(manifest({f"m{number}": library(isolation) for number in range(count)}))
                start.add(name, (host.running() - host.started) / 1e6)
                time.sleep(1)
                private.add(name, sum(memory(pid)["Private"] for pid in host.all_processes()) / count)
                descriptors.add(name, len(os.listdir(f"/proc/{host.pid}/fd")) / count)
                took = host.end(10)
                if took is None:
                    raise SystemExit(f"{count} instances do not stop in 10 s")
                end.add(name, took)

        self.isolations(measure)
        start.show("many library instances: from exec to the last one running", "ms")
        private.show("private memory of host and children, an instance", "KB", 1)
        descriptors.show("descriptors of the host, an instance", "  ", 2)
        end.show("from SIGTERM to the end of the host", "ms")

    def switch(self):
        away, answers, whole = Figures(), Figures(), Figures()
        print("\nan image is replaced by another")

        def measure(isolation):
            content = manifest({"m": library(isolation)}, desired={"m": {"tells": True}})
            with self.device(content) as host:
                host.running()
                for number in range(max(5, self.asked.runs)):
                    new = host.modules / ".new"
                    shutil.copy(self.image, new)
                    with open(new, "ab") as file:
                        file.write(b"%d" % number)  # another digest
                    begin = time.monotonic_ns()
                    os.replace(new, host.modules / "libbench.so")
                    stopped = host.line(" stopped (", unless=" failed: ")
                    answers.add(f"martlet, {isolation}", (host.line(" running (", unless=" failed: ") - stopped) / 1e6)
                    # The modules' own clocks: what two lines of the log that are read at once do not tell.
                    old, started = host.told("m", "destroyed"), host.told("m", "started")
                    away.add(f"martlet, {isolation}", (started - old) / 1e6)
                    whole.add(f"martlet, {isolation}", (started - begin) / 1e6)

        self.isolations(measure)
        away.show("from the end of the old instance's destroy to the end of the new one's start", "ms", 2)
        answers.show("the same as the host's log was read", "ms", 2)
        whole.show("from the new file to the new instance; 300 ms of that the file must be quiet", "ms", 1)
        for isolation in ISOLATIONS:
            self.targets.add(f"image switch, {isolation}", away.median(f"martlet, {isolation}"), 20, "ms")


PARTS = ("messages", "allocations", "latency", "calls", "many", "most", "switch")

run_parts("modules", PARTS, Bench)
