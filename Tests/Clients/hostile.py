"""What a host must bear from its clients. Each scenario fails by an assertion; a witness checks that others notice nothing.

    hostile.py SCENARIO SOCKET ADDRESS CA HONEST HOSTILE [MORE...]

SOCKET: plain MQTT; ADDRESS: with TLS, port 8883; HONEST, HOSTILE: connection strings of two modules. What `honest` sends on the output
`loop` comes back on its input `in`.
"""

import os
import socket
import ssl
import sys
import time

import mqttwire as mqtt
from mqttwire import Closed, Identity, Wire, field, packet, publish, puback, subscribe, unsubscribe


class Place:
    """A host, and who comes to it."""

    def __init__(self, path, address, ca, honest, hostile):
        self.path, self.address, self.ca = path, address, ca
        self.honest, self.hostile = Identity(honest), Identity(hostile)
        self.number = 0
        self.witness = Wire(path)
        self.witness.sign_in(self.honest)
        self.witness.send(subscribe(1, f"{self.honest.path}/inputs/#"))
        assert self.witness.granted(1) == [1]

    def wire(self, tls, **options):
        return Wire(self.address, self.ca, **options) if tls else Wire(self.path, **options)

    def both(self):
        """A wire of each kind."""
        return (self.wire(tls=False), self.wire(tls=True))

    def check(self):
        """The witness sends and gets as ever: its connection has lived through all of it."""
        self.number += 1
        id = self.number % 65535 + 1
        self.witness.send(publish(self.honest.output("loop"), f"n{self.number}", id))
        got = {}
        while len(got) < 2:
            kind, flags, body = self.witness.next()
            got[kind] = body
            if kind == mqtt.PUBLISH:
                assert body.endswith(f"n{self.number}".encode()), body
                size = int.from_bytes(body[:2], "big")
                self.witness.send(puback(int.from_bytes(body[2 + size : 4 + size], "big")))
        assert got[mqtt.PUBACK] == id.to_bytes(2, "big"), got


def connects(place):
    """Bytes before CONNECT is accepted, and the codes that may answer; None: the end without a word."""
    who = place.hostile
    good = who.connect()
    token = who.token()
    parts = [field(who.client), field(who.user), field(token)]
    head = field("MQTT") + b"\x04\xc0\x00\x3c"
    return {
        "nothing of MQTT": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", {None}),
        "PINGREQ first": (mqtt.PINGREQ, {None}),
        "DISCONNECT first": (mqtt.DISCONNECT, {None}),
        "PUBLISH first": (publish(who.events, "x"), {None}),
        "SUBSCRIBE first": (subscribe(1, "#"), {None}),
        "type 0": (b"\x00\x00", {None}),
        "type 15": (b"\xf0\x00", {None}),
        "flags of CONNECT": (packet(0x11, good[3:]), {None}),
        "level 3": (who.connect(name="MQIsdp", level=3), {None, 1}),
        "level 5": (who.connect(level=5), {1}),
        "another protocol": (who.connect(name="MQTX"), {None}),
        "a reserved flag": (who.connect(flags=0xC1), {None}),
        "a password without a user name": (packet(0x10, field("MQTT") + b"\x04\x40\x00\x3c" + parts[0] + parts[2]), {None}),
        "a will's QoS without a will": (who.connect(flags=0xC8), {None}),
        "a will of QoS 3": (who.connect(will=(who.events, "x"), will_flags=0x1C), {None}),
        "a will of QoS 2": (who.connect(will=(who.events, "x"), will_flags=0x14), {None, 5}),
        "a will for another": (who.connect(will=(place.honest.events, "x")), {None, 5}),
        "bytes behind the end": (who.connect(tail=b"\x00"), {None}),
        "a string past the end": (packet(0x10, head + b"\xff\xff" + b"x" * 20), {None}),
        "no more than a head": (packet(0x10, head), {None}),
        "no body": (b"\x10\x00", {None}),
        "no UTF-8": (packet(0x10, head + field(b"\xff\xfe") + parts[1] + parts[2]), {None, 2}),
        "a surrogate": (packet(0x10, head + field(b"\xed\xa0\x80") + parts[1] + parts[2]), {None, 2}),
        "U+0000": (packet(0x10, head + field(b"a\x00b") + parts[1] + parts[2]), {None, 2}),
        "no client id": (who.connect(client=""), {2}),
        "another's client id": (who.connect(client=place.honest.client), {2}),
        "no user name": (mqtt.connect(who.client), {3, 5}),
        "an empty user name": (who.connect(user=""), {3, 5}),
        "no api-version": (who.connect(user=f"{who.hub}/{who.client}/"), {3}),
        "a user name of slashes": (who.connect(user="/" * 3000), {3}),
        "no password": (mqtt.connect(who.client, who.user), {5}),
        "an empty password": (packet(0x10, head + parts[0] + parts[1] + field("")), {5}),
        "a length of five bytes": (b"\x10\xff\xff\xff\xff\x01", {None}),
        "a length that does not end": (b"\x10\xff\xff\xff\xff\xff\xff\xff", {None}),
        "6 KB and more": (b"\x10" + mqtt.length(6200), {None}),
        "256 MB": (b"\x10" + mqtt.length(268435455), {None}),
        "a long password": (who.connect(password="x" * 5000), {5}),
    }


def packets(place):
    """What ends a connection that was accepted."""
    who = place.hostile
    topic = who.events
    return {
        "a second CONNECT": who.connect(),
        "CONNACK": b"\x20\x02\x00\x00",
        "SUBACK": b"\x90\x03\x00\x01\x00",
        "UNSUBACK": b"\xb0\x02\x00\x01",
        "PINGRESP": mqtt.PINGRESP,
        "PUBREC": b"\x50\x02\x00\x01",
        "PUBREL": b"\x62\x02\x00\x01",
        "PUBCOMP": b"\x70\x02\x00\x01",
        "type 0": b"\x00\x00",
        "type 15": b"\xf0\x00",
        "PINGREQ with a body": b"\xc0\x01\x00",
        "PINGREQ with flags": b"\xc1\x00",
        "DISCONNECT with a body": b"\xe0\x01\x00",
        "QoS 2": publish(topic, "x", 1, qos=2),
        "QoS 3": publish(topic, "x", 1, qos=3),
        "DUP of QoS 0": publish(topic, "x", dup=True),
        "packet id 0": publish(topic, "x", 0, qos=1),
        "no packet id": packet(0x32, field(topic)),
        "no topic": publish("", "x", 1),
        "a topic past the end": packet(0x32, b"\x7f\xff" + b"x" * 100),
        "a topic cut off": packet(0x32, b"\x00"),
        "a wildcard in a topic": publish(topic + "#", "x", 1),
        "a plus in a topic": publish(topic + "+/", "x", 1),
        "U+0000 in a topic": publish(topic + "\0", "x", 1),
        "no UTF-8 in a topic": publish(topic.encode() + b"\xc3\x28", "x", 1),
        "an unknown topic": publish("any/thing", "x", 1),
        "$SYS": publish("$SYS/broker", "x", 1),
        "a bag that is none": publish(topic + "%zz=%", "x", 1),
        "256 KB and more": publish(topic, b"x" * 262144, 1),
        "a length of five bytes": b"\x30\xff\xff\xff\xff\x01",
        "SUBSCRIBE with wrong flags": packet(0x80, b"\x00\x01" + field("a") + b"\x00"),
        "SUBSCRIBE without filters": packet(0x82, b"\x00\x01"),
        "SUBSCRIBE of id 0": subscribe(0, "a"),
        "SUBSCRIBE with QoS 3": subscribe(1, "a", qos=3),
        "SUBSCRIBE with a reserved bit": subscribe(1, "a", qos=0x81),
        "SUBSCRIBE with an empty filter": subscribe(1, ""),
        "SUBSCRIBE with a# ": subscribe(1, "a#"),
        "SUBSCRIBE with #/a": subscribe(1, "#/a"),
        "SUBSCRIBE with a+": subscribe(1, "a+/b"),
        "SUBSCRIBE cut off": packet(0x82, b"\x00\x01" + field("a")),
        "UNSUBSCRIBE without filters": packet(0xA2, b"\x00\x01"),
        "UNSUBSCRIBE with wrong flags": packet(0xA0, b"\x00\x01" + field("a")),
        "PUBACK cut off": packet(0x40, b"\x00"),
        "PUBACK with flags": packet(0x42, b"\x00\x01"),
        "a twin GET without $rid": publish("$iothub/twin/GET/", ""),
        "a twin topic of no meaning": publish("$iothub/twin/PUT/?$rid=1", ""),
    }


def before(place):
    for name, (attack, codes) in connects(place).items():
        for wire in place.both():
            with wire:
                try:
                    wire.send(attack)
                except Closed:
                    pass
                code = wire.refusal()
                assert code in codes, f"{name}: {code} came, {codes} were due"
        place.check()
    for count in (1, 5, 100, len(place.hostile.connect()) - 1):
        for wire in place.both():  # truncated, and gone
            with wire:
                wire.send(place.hostile.connect()[:count])
        place.check()


def after(place):
    for name, attack in packets(place).items():
        for wire in place.both():
            with wire:
                wire.sign_in(place.hostile, clean=True)
                try:
                    # In two parts: what is cut is put together first. Behind it is what must not be answered any more.
                    wire.send(attack[:3])
                    wire.send(attack[3:], publish(place.hostile.output("forbidden"), "behind " + name, 77))
                    wire.ends()
                except Closed:
                    pass
                except AssertionError as error:
                    raise AssertionError(f"{name}: {error}") from error
        place.check()


def bytewise(place):
    """A client that sends a byte at a time is a client as any other."""
    who = place.hostile
    for wire in place.both():
        with wire:
            for byte in who.connect(clean=True) + subscribe(1, "$iothub/twin/res/#") + publish("$iothub/twin/GET/?$rid=a%20b", b" ", 2):
                wire.send(bytes([byte]))
            assert wire.expect(mqtt.CONNACK)[2] == b"\x00\x00"
            assert wire.granted(1) == [1]
            kinds = {}
            for _ in range(2):
                kind, _, body = wire.next()
                kinds[kind] = body
            assert b"$iothub/twin/res/200/?$rid=a%20b" in kinds[mqtt.PUBLISH], kinds
            # All at once, in one write.
            wire.send(b"".join(publish(who.output("out"), str(n), n + 10) for n in range(200)))
            for n in range(200):
                wire.acknowledged(n + 10)
            mqtt.alive(wire)
    place.check()


def tokens(place, *foreign):
    """foreign: connection strings of identities that have keys here, but are not the one that connects."""
    who = place.hostile
    now = int(time.time())
    right = who.token()
    scope, signature, end = right.removeprefix("SharedAccessSignature ").split("&")
    wrong = {
        "another's key": who.token(key=place.honest.key),
        "another's token": place.honest.token(),
        "another's resource with the right key": who.token(resource=f"{who.hub}/{place.honest.path}"),
        "another hub's": who.token(resource=f"elsewhere.example/{who.path}"),
        "expired": who.token(ends=now - 3600),
        "expired in 1970": who.token(ends=1),
        "a later end": f"SharedAccessSignature {scope}&{signature}&se={now + 7200}",
        "no end": f"SharedAccessSignature {scope}&{signature}",
        "an end that is none": f"SharedAccessSignature {scope}&{signature}&se=never",
        "an end past all numbers": f"SharedAccessSignature {scope}&{signature}&se=" + "9" * 40,
        "no signature": f"SharedAccessSignature {scope}&sig=&{end}",
        "a signature that is no base64": f"SharedAccessSignature {scope}&sig=%%%&{end}",
        "half a signature": f"SharedAccessSignature {scope}&{signature[:20]}&{end}",
        "one letter less": right[:-1],
        "another scheme": right.replace("SharedAccessSignature", "Bearer"),
        "the key itself": mqtt.base64.b64encode(who.key).decode(),
        "nothing but blanks": " " * 100,
    }
    for connection in foreign:
        wrong["of " + connection.split(";SharedAccessKey")[0]] = Identity(connection).token()
    for name, token in wrong.items():
        for wire in place.both():
            with wire:
                wire.send(who.connect(password=token))
                try:
                    code = wire.refusal()
                except AssertionError as error:
                    raise AssertionError(f"{name}: {error}") from error
                assert code == 5, f"{name}: {code} came, 5 was due"
    # A token of somebody else, with that one's user name, under one's own client id, and the other way round.
    for changes in ({"user": place.honest.user, "password": place.honest.token()}, {"client": place.honest.client}):
        with place.wire(tls=False) as wire:
            wire.send(who.connect(**changes))
            assert wire.refusal() == 2
    # Within the five minutes that clocks may differ, and in another order of fields.
    for token in (who.token(ends=now - 60), f"SharedAccessSignature {end}&{signature}&{scope}"):
        with place.wire(tls=False) as wire:
            wire.sign_in(who, password=token, clean=True)
    place.check()


def replay(place, token):
    """A token of an identity that was made anew since: its keys are others."""
    for wire in place.both():
        with wire:
            wire.send(place.hostile.connect(password=token))
            assert wire.refusal() == 5
    place.check()


def others(place):
    """Topics of somebody else: publishing ends the connection, subscribing is refused."""
    who, other = place.hostile, place.honest
    foreign = [
        other.output("loop"), f"devices/{who.device}/messages/events/", "devices/Berlin/messages/events/",
        f"devices/Berlin/modules/{who.module}/messages/events/", other.events + "%24.on=loop&%24.cmid=" + who.module,
    ]
    for topic in foreign:
        for wire in place.both():
            with wire:
                wire.sign_in(who, clean=True)
                wire.send(publish(topic, "stolen", 5))
                wire.ends()
    filters = [
        f"{other.path}/inputs/#", f"{other.path}/#", "devices/+/modules/+/inputs/#", f"devices/{who.device}/messages/devicebound/#",
        "devices/#",
    ]
    for wire in place.both():
        with wire:
            wire.sign_in(who, clean=True)
            for id, filter in enumerate(filters, 1):
                wire.send(subscribe(id, filter))
                code = wire.granted(id)
                # Refused; or, where it names nobody, granted and without effect.
                assert code == [0x80] or ("+" in filter or filter == "devices/#") and code in ([0], [1]), (filter, code)
            place.check()  # its message came to nobody else
            mqtt.alive(wire)
            # One packet, filters of every kind: an answer for each.
            wire.send(subscribe(99, f"{who.path}/inputs/#", filters[0], "nothing/at/all", "#", "$SYS/#", qos=2))
            codes = wire.granted(99)
            assert codes[0] == 1 and codes[1] == 0x80 and codes[2] in (0, 1), codes
            mqtt.alive(wire)
    # What a client says of its sender is an ordinary property: whose it is, the connection says.
    with place.wire(tls=False) as wire:
        wire.sign_in(who, clean=True)
        wire.send(subscribe(1, f"{who.path}/inputs/#"), publish(who.output("mine", **{"$.cmid": "honest", "$.cdid": "Berlin"}), "m", 2))
        wire.granted(1)
        got = [wire.next() for _ in range(2)]
        topic = next(body for kind, _, body in got if kind == mqtt.PUBLISH)
        assert f"%24.cmid={who.module}".encode() in topic or f"$.cmid={who.module}".encode() in topic, topic
    place.check()


def meaningless(place):
    """Subscriptions without a meaning, more of them than are kept, and for what is not there."""
    for wire in place.both():
        with wire:
            wire.sign_in(place.hostile, clean=True)
            for id in range(1, 200):
                wire.send(subscribe(id, f"no/meaning/{id}/#"))
                assert wire.granted(id)[0] in (0, 1, 0x80)
            wire.send(unsubscribe(500, "no/meaning/1/#", "never/subscribed"))
            assert wire.expect(mqtt.UNSUBACK)[2] == (500).to_bytes(2, "big")
            wire.send(subscribe(501, *[f"some/{n}" for n in range(100)]))
            assert len(wire.granted(501)) == 100
            wire.send(puback(4711), puback(1))  # acknowledges what was never sent
            wire.send(publish("$iothub/methods/res/200/?$rid=unknown", "{}", 502))
            wire.acknowledged(502)
            mqtt.alive(wire)
    place.check()


def duplicates(place):
    """One packet id for many messages: each is acknowledged, in order, and comes once."""
    who = place.hostile
    for wire in place.both():
        with wire:
            wire.sign_in(who, clean=True)
            wire.send(subscribe(1, f"{who.path}/inputs/#"))
            wire.granted(1)
            wire.send(*[publish(who.output("mine"), f"d{n}", 7, dup=n % 2 == 1) for n in range(20)])
            acknowledged, bodies = 0, []
            while acknowledged < 20 or len(bodies) < 20:
                kind, flags, body = wire.next()
                if kind == mqtt.PUBACK:
                    assert body == b"\x00\x07"
                    acknowledged += 1
                else:
                    size = int.from_bytes(body[:2], "big")
                    bodies.append(body[4 + size :].decode())
                    id = body[2 + size : 4 + size]
                    wire.send(packet(0x40, id), packet(0x40, id))  # acknowledged twice
            assert bodies == [f"d{n}" for n in range(20)], bodies
            mqtt.alive(wire)
    place.check()


def takeover(place):
    """One identity, again and again: the newest has it, and the ones before are closed."""
    wires = []
    for number in range(100):
        wire = place.wire(tls=number % 10 == 0)
        wire.sign_in(place.hostile)
        wires.append(wire)
    for wire in wires[:-1]:
        wire.ends()
        wire.close()
    mqtt.alive(wires[-1])
    wires[-1].close()
    place.check()


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def raw(place, tls):
    """A connection without any handshake."""
    wire = socket.socket(socket.AF_UNIX) if not tls else socket.socket()
    wire.settimeout(60)
    wire.connect((place.address, 8883) if tls else place.path)
    return wire


def hello():
    """What a TLS client sends first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context.wrap_bio(incoming, outgoing).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def flood(place, pid):
    """Connections that never say who they are, thousands of them, on both sides; each with something to keep."""
    first = hello()
    # Once, for what is kept for ever; then what must not grow.
    for round in range(4):
        held = []
        for number in range(500):
            wire = raw(place, tls=number % 2 == 0)
            # Half a CONNECT of the largest size; half a hello, a whole one that goes on no further, or no TLS at all.
            content = [first[:60], b"\x10\xf0\x3f" + b"x" * 4000, first, b"\x10\xf0\x3f", b"\x16\x03\x01\xff\xff" + b"x" * 9000, b""]
            try:
                wire.sendall(content[number % 6])
            except (BrokenPipeError, ConnectionResetError):
                pass
            held.append(wire)
            if number % 100 == 0:
                place.check()
        if round == 0:
            memory = resident(pid)
        place.check()
        assert descriptors(pid) < 64 + 64 + 100, descriptors(pid)
        for wire in held:
            wire.close()
    place.check()
    grown = resident(pid) - memory
    assert grown < 4096, f"{grown} KB more than after the first round"
    # And one who says who he is comes in beside them; at the latest when those are there who were on their way before him.
    held = [raw(place, tls=number % 2 == 0) for number in range(200)]
    for tls in (False, True):
        for attempt in range(20):
            try:
                with place.wire(tls) as wire:
                    wire.sign_in(place.hostile, clean=True)
                    mqtt.alive(wire)
                    break
            except (Closed, OSError):
                assert attempt < 19, "nobody comes in"
    for wire in held:
        wire.close()
    place.check()


def slow(place, pid):
    """Slow-loris: a byte now and then does not keep a connection that has not said who it is."""
    first, connect = hello(), place.hostile.connect()
    began = time.monotonic()
    wires = [(raw(place, tls=True), first), (raw(place, tls=True), b""), (raw(place, tls=False), connect), (raw(place, tls=False), b"")]
    late = place.wire(tls=True)  # the handshake is done, CONNECT does not come
    wires.append((late.socket, connect))
    step = 0
    open_wires = list(wires)
    while open_wires:
        assert time.monotonic() - began < 60, f"{len(open_wires)} of {len(wires)} are open after a minute"
        for wire, content in list(open_wires):
            wire.settimeout(0.2)
            try:
                if step < len(content) - 20:
                    wire.sendall(content[step : step + 1])
                if not wire.recv(4096):
                    raise ConnectionResetError
            except (TimeoutError, ssl.SSLWantReadError):
                pass
            except (OSError, ssl.SSLError):
                open_wires.remove((wire, content))
                wire.close()
        step += 1
        place.check()


def unread(place, pid):
    """Clients that read nothing: neither their acknowledgements, nor what they subscribed to."""
    who = place.hostile
    for tls in (False, True):
        memory = None
        for _ in range(3):
            wire = place.wire(tls, patience=1)
            wire.sign_in(who, clean=True)
            wire.send(subscribe(1, f"{who.path}/inputs/#"))
            message = publish(who.output("mine"), b"x" * 60000, 9)
            try:
                for _ in range(400):
                    wire.send(message)
            except (TimeoutError, Closed):
                pass  # it is not read from any more
            place.check()
            memory = memory or resident(pid)
            assert resident(pid) - memory < 8192, f"{resident(pid) - memory} KB"
            wire.close()
    place.check()


def broken_tls(place, pid):
    """What is no TLS on the port of TLS, TLS of an age that is over, and records that were changed on their way."""
    first = hello()
    for content in (
        b"GET / HTTP/1.1\r\n\r\n", place.hostile.connect(), first[:-3] + b"\xff\xff\xff", b"\x16\x03\x01\x00\x00", b"\x15\x03\x03\x00\x02\x02\x28",
        b"\x17\x03\x03\x00\x10" + b"x" * 16, b"\x16\x03\x03\x40\x01" + b"x" * 16385, b"\x80\x2e\x01\x00\x02" + b"\x00" * 41,
    ):
        wire = raw(place, tls=True)
        wire.sendall(content)
        wire.settimeout(1)
        try:
            while wire.recv(4096):
                pass
        except (ConnectionResetError, TimeoutError):
            pass
        wire.close()
        place.check()
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        try:
            context.wrap_socket(socket.create_connection((place.address, 8883), 60)).close()
        except (ssl.SSLError, ConnectionResetError):
            continue
        raise AssertionError(f"{version} is spoken")
    # A client that does not trust the certificate says so and goes.
    try:
        ssl.create_default_context().wrap_socket(socket.create_connection((place.address, 8883), 60), server_hostname=place.address)
        raise AssertionError("anybody trusts the certificate")
    except ssl.SSLError:
        pass
    # A record that was changed ends a session that was good.
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context(cafile=place.ca)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    session = context.wrap_bio(incoming, outgoing, server_hostname=place.address)
    wire = raw(place, tls=True)
    while True:
        try:
            session.do_handshake()
            break
        except ssl.SSLWantReadError:
            wire.sendall(outgoing.read())
            incoming.write(wire.recv(65536))
    wire.sendall(outgoing.read())
    session.write(place.hostile.connect(clean=True))
    record = bytearray(outgoing.read())
    record[-1] ^= 1
    wire.sendall(record)
    try:
        while wire.recv(4096):
            pass
    except ConnectionResetError:
        pass
    place.check()


def main():
    scenario, path, address, ca, honest, hostile = sys.argv[1:7]
    place = Place(path, address, ca, honest, hostile)
    globals()[scenario](place, *sys.argv[7:])


main()
