"""What the MQTT server costs, beside mosquitto with the same client, over a socket in the file system and over TLS. Called by `Toolchain/bench mqtt`.

Both servers check user names and passwords, have a certificate of the same kind, choose of the same list of suites, and keep nothing on disk.
"""

import base64
import hashlib
import hmac
import os
import shutil
import subprocess
import time
import urllib.parse

from device import Device, manifest, route
from measure import Figures, Process, Targets, free_port, printed_figures, processor_time, run_parts

DEVICE, HUB = "bench", "127.0.0.1"
PEERS = ("mosquitto", "mosquitto, nodelay")
WINDOW = 500  # messages that are on their way
COUNT = {False: 200_000, True: 100_000}  # messages for a throughput: about two seconds, without and with TLS
ONE_AT_A_TIME = 10_000
CLIENTS, AT_ONCE = 1000, 16
SIZES = ((100, "100 B"), (1000, "1 KB"))
PROCESSORS = sorted(os.sched_getaffinity(0))
APART = (PROCESSORS[0], PROCESSORS[-1])  # of the server and of the client
TOGETHER = (PROCESSORS[0], PROCESSORS[0])
KEY = base64.b64encode(b"a key of every downstream device").decode()


def token(resource, key):
    """A shared access signature for an hour."""
    name, end = urllib.parse.quote(f"{HUB}/{resource}", safe=""), int(time.time()) + 3600
    signature = hmac.new(base64.b64decode(key), f"{name}\n{end}".encode(), hashlib.sha256).digest()
    return f"SharedAccessSignature sr={name}&sig={urllib.parse.quote(base64.b64encode(signature), safe='')}&se={end}"


def client(path, password, subscription):
    """A line of the file of clients."""
    return "\t".join((path, f"{HUB}/{path}/?api-version=2021-04-12", password, subscription)) + "\n"


class Server:
    """A server with the addresses it listens on, with clients' certificate authority and names."""

    def __init__(self, name, process, path, port, authority, topic, pair, crowd):
        self.name, self.process, self.path, self.port, self.authority = name, process, path, port, authority
        self.topic, self.pair, self.crowd = topic, pair, crowd

    def place(self, tls):
        return (f"{HUB}:{self.port}", self.authority) if tls else (self.path, "-")


class Bench:
    def __init__(self, asked, folder):
        self.asked = asked
        self.folder = folder
        self.targets = Targets()
        self.suites = {}  # of servers, as they were first seen
        self.program = asked.built / "mqttbench"
        self.children = [f"child-{number}" for number in range(CLIENTS)]
        self.crowd = folder / "crowd"
        self.crowd.write_text("".join(client(name, token(f"devices/{name}", KEY), f"devices/{name}/messages/devicebound/#")
                                      for name in self.children))
        self.mosquitto = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        if not self.mosquitto:
            print("mosquitto is not installed and not measured: apt-get install mosquitto")
        else:
            version = subprocess.run([self.mosquitto, "-h"], capture_output=True, text=True).stdout.splitlines()[0]
            print(f"beside {version}; one client program for all: OpenSSL with its own list of suites, TLS 1.2, window {WINDOW}")
            self.make_certificates()

    # Servers.

    def openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], cwd=self.folder, check=True, capture_output=True)

    def make_certificates(self):
        """An authority and a server's certificate, both ECDSA with P-256."""
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        self.openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", 2, "-subj", "/CN=bench authority")
        self.openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", f"/CN={HUB}")
        (self.folder / "extensions").write_text(f"subjectAltName=IP:{HUB}\n")
        self.openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", 2,
                     "-extfile", "extensions", "-out", "server.pem")

    def start_mosquitto(self, nodelay):
        folder = self.folder / "mosquitto"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        pair = folder / "pair"
        source, sink = (f"{DEVICE}/{name}" for name in ("source", "sink"))
        events = f"devices/{DEVICE}/modules/source/messages/events"
        pair.write_text(client(source, "a password of the source", f"{events}/none") + client(sink, "a password of the sink", f"{events}/#"))
        passwords, settings, port = folder / "passwords", folder / "conf", free_port()
        lines = (pair.read_text() + self.crowd.read_text()).splitlines()
        passwords.write_text("".join(":".join(line.split("\t")[1:3]) + "\n" for line in lines))
        subprocess.run(["mosquitto_passwd", "-U", passwords], check=True, capture_output=True)
        settings.write_text(f"user root\nlog_type error\npersistence false\nallow_anonymous false\npassword_file {passwords}\n"
                            f"max_inflight_messages {WINDOW}\nmax_queued_messages 0\nset_tcp_nodelay {str(nodelay).lower()}\n"
                            f"listener 0 {folder}/socket\nlistener {port} {HUB}\ncertfile {self.folder}/server.pem\n"
                            f"keyfile {self.folder}/server.key\ntls_version tlsv1.2\n")
        process = Process([self.mosquitto, "-c", settings])
        process.accepts(folder / "socket")
        process.accepts(port)
        name = "mosquitto, nodelay" if nodelay else "mosquitto"
        return Server(name, process, folder / "socket", port, self.folder / "ca.pem", f"{events}/%24.on=out", pair, self.crowd)

    def start_martlet(self):
        port = free_port()
        out = 'FROM /messages/modules/source/outputs/out INTO BrokeredEndpoint("/modules/sink/inputs/in")'
        content = manifest({}, {"out": {"route": out, "whenFull": "block"}})
        content["device"] |= {"gatewayHostName": HUB, "children": [{"id": name, "key": KEY} for name in self.children]}
        content["host"]["listen"] = {"mqtts": f"{HUB}:{port}"}
        host = Device(self.asked.program, [], self.folder / "device", content)
        path = self.folder / "device" / "run" / "mqtt.sock"
        host.accepts(path)
        host.accepts(port)
        authority, pair = self.folder / "martlet.pem", self.folder / "pair"
        authority.write_text(self.said(host, "certificate"))
        for name in ("source", "sink"):
            self.said(host, "identity", name, "--create")
        tokens = {name: self.said(host, "identity", name, "--token", "3600").strip() for name in ("source", "sink")}
        events = f"devices/{DEVICE}/modules/source/messages/events"
        pair.write_text(client(f"{DEVICE}/source", tokens["source"], f"devices/{DEVICE}/modules/source/inputs/#")
                        + client(f"{DEVICE}/sink", tokens["sink"], f"devices/{DEVICE}/modules/sink/inputs/#"))
        return Server("martlet", host, path, port, authority, f"{events}/%24.on=out", pair, self.crowd)

    def measure(self, server, tls, places, *words):
        """What the client says of a server. `places`: the processors of the server and of the client."""
        for task in os.listdir(f"/proc/{server.process.pid}/task"):
            os.sched_setaffinity(int(task), {places[0]})
        client = ("taskset", "-c", places[1], self.program)
        return printed_figures(*client, *server.place(tls), server.pair, words[0], server.topic, *words[1:])

    @staticmethod
    def said(host, *words):
        answer = host.command(*words)
        if answer.returncode != 0:
            raise SystemExit(f"martlet {' '.join(words)}: {answer.stderr}{host.written()}")
        return answer.stdout

    def servers(self, tls):
        """One after the other, each alone on the machine."""
        starts = []
        if self.mosquitto:
            starts.append(lambda: self.start_mosquitto(False))
            if tls:
                starts.append(lambda: self.start_mosquitto(True))
        if str(self.asked.program) != "none":
            starts.append(self.start_martlet)
        for start in starts:
            server = start()
            with server.process:
                if tls and server.name not in self.suites:
                    command = [self.program, *server.place(tls), server.pair, "suite"]
                    self.suites[server.name] = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip()
                    print(f"{server.name} chooses {self.suites[server.name]}")
                yield server

    # Throughput and latency.

    def throughput(self):
        for tls in (False, True):
            figures, server_time, client_time, ratios = Figures(), Figures(), Figures(), Figures()
            for _ in range(self.asked.runs):
                turn = {}
                for server in self.servers(tls):
                    for qos in (0, 1):
                        for size, shown in SIZES:
                            before = processor_time(server.process.pid)
                            got = self.measure(server, tls, APART, "throughput", COUNT[tls], size, qos, WINDOW)
                            used = processor_time(server.process.pid) - before
                            what = f"QoS {qos}, {shown}"
                            figures.add(f"{what}: {server.name}", got["rate"] / 1000)
                            server_time.add(f"{what}: {server.name}", used / COUNT[tls] / 1000)
                            client_time.add(f"{what}: {server.name}", got["client"] / 1000)
                            turn.setdefault(what, {})[server.name] = got["rate"]
                for what, rates in turn.items():
                    if "martlet" in rates and len(rates) > 1:
                        best = max(rate for name, rate in rates.items() if name != "martlet")
                        ratios.add(what, rates["martlet"] / best)
            how = "TLS" if tls else "without TLS"
            figures.show(f"messages from publisher to subscriber, {how}", "thousand/s", 1)
            server_time.show("of that, the server's processor time for each", "µs", 2)
            client_time.show("of that, the client's processor time for each", "µs", 2)
            if ratios.values:
                ratios.show(f"martlet over the better mosquitto of the same turn, {how}", "times", 2)
            for what in ratios.values:
                self.targets.add(f"throughput, {how}, {what}", ratios.median(what), 1.5, "times", least=True)

    def latency(self):
        for tls in (False, True):
            for places, where in ((APART, "two processors"), (TOGETHER, "one processor")):
                self.latency_of(tls, places, f"{'TLS' if tls else 'without TLS'}, {where}")

    def latency_of(self, tls, places, how):
        p50, p99 = Figures(), Figures()
        for _ in range(self.asked.runs):
            for server in self.servers(tls):
                for qos in (0, 1):
                    for size, shown in SIZES:
                        got = self.measure(server, tls, places, "latency", ONE_AT_A_TIME, size, qos)
                        p50.add(f"QoS {qos}, {shown}: {server.name}", got["p50"])
                        p99.add(f"QoS {qos}, {shown}: {server.name}", got["p99"])
        p50.show(f"one message at a time, {how} for server and client: median", "µs", 1)
        p99.show(f"one message at a time, {how} for server and client: 99 of 100 are faster than", "µs", 1)
        for name in p50.values:
            what, server = name.rsplit(": ", 1)
            peers = [p50.median(f"{what}: {peer}") for peer in PEERS]
            if server == "martlet" and any(peers):
                self.targets.add(f"latency, {how}, {what}", p50.median(name) / min(filter(None, peers)), 1, "times")

    # Clients that do nothing.

    def idle(self):
        dirty, resident, rate = Figures(), Figures(), Figures()
        for _ in range(self.asked.runs):
            for tls in (False, True):
                for server in self.servers(tls):
                    name = f"{server.name}, {'TLS' if tls else 'without TLS'}"
                    before = server.process.memory()
                    command = [self.program, *server.place(tls), server.crowd, "idle", AT_ONCE]
                    with Process(command, stream="stdout") as crowd:
                        crowd.line("rate ")
                        rate.add(name, float(crowd.output[-1].split()[1]))
                        after = server.process.memory()
                        crowd.process.stdin.close()
                        crowd.process.wait(30)
                    dirty.add(name, (after["Private_Dirty"] - before["Private_Dirty"]) / CLIENTS)
                    resident.add(name, (after["Rss"] - before["Rss"]) / CLIENTS)
        dirty.show(f"{CLIENTS} clients, connected, subscribed, idle: private dirty memory of the server for each", "KB", 2)
        resident.show("the same: resident memory", "KB", 2)
        for name in ("mosquitto", "martlet"):
            plain, secure = dirty.median(f"{name}, without TLS"), dirty.median(f"{name}, TLS")
            if plain and secure:
                print(f"\none TLS session of {name}: {secure - plain:.2f} KB (the difference of the two)")
        rate.show(f"connections made, {AT_ONCE} at a time, from connect to SUBACK", "1/s")
        self.targets.add("memory of an idle client with TLS", dirty.median("martlet, TLS"), 45, "KB")
        self.targets.add("memory of an idle client without TLS", dirty.median("martlet, without TLS"), 6, "KB")


PARTS = ("throughput", "latency", "idle")

run_parts("mqtt", PARTS, Bench)
