"""MQTT 3.1.1 by hand, right or wrong: packets are bytes, sent over TLS or over a unix socket. Standard library only."""

import base64
import hashlib
import hmac
import os
import socket
import ssl
import struct
import time
import urllib.parse

PATIENCE = 60
CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK = 1, 2, 3, 4, 8, 9, 10, 11
PINGREQ, PINGRESP, DISCONNECT = b"\xc0\x00", b"\xd0\x00", b"\xe0\x00"


class Identity:
    """Who a connection string is of, and what such a client says of itself."""

    def __init__(self, connection):
        fields = dict(field.split("=", 1) for field in connection.split(";"))
        self.hub, self.device, self.module = fields["HostName"], fields["DeviceId"], fields.get("ModuleId")
        self.key = base64.b64decode(fields["SharedAccessKey"])
        self.client = self.device + (f"/{self.module}" if self.module else "")
        self.path = f"devices/{self.device}" + (f"/modules/{self.module}" if self.module else "")
        self.user = f"{self.hub}/{self.client}/?api-version=2021-04-12"
        self.events = f"{self.path}/messages/events/"

    def token(self, ends=None, resource=None, key=None):
        scope = urllib.parse.quote(resource or f"{self.hub}/{self.path}", safe="")
        end = str(int(time.time()) + 3600 if ends is None else ends)
        signature = base64.b64encode(hmac.new(key or self.key, f"{scope}\n{end}".encode(), hashlib.sha256).digest())
        return f"SharedAccessSignature sr={scope}&sig={urllib.parse.quote(signature, safe='')}&se={end}"

    def connect(self, password=None, **changes):
        """The CONNECT of this identity, with what a test wants otherwise."""
        return connect(**{"client": self.client, "user": self.user, "password": password or self.token(), **changes})

    def output(self, name, **properties):
        bag = {"$.on": name, **properties}
        return self.events + "&".join(f"{urllib.parse.quote(k, safe='')}={urllib.parse.quote(v, safe='')}" for k, v in bag.items())


def field(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(value)) + value


def length(count):
    out = bytearray()
    while True:
        count, low = divmod(count, 128)
        out.append(low | (128 if count else 0))
        if not count:
            return bytes(out)


def packet(first, body):
    return bytes([first]) + length(len(body)) + body


def connect(client, user=None, password=None, clean=False, keep_alive=60, will=None, will_flags=0x0C, name="MQTT", level=4, flags=None, tail=b""):
    """`will`: topic and payload; `flags` in place of the right ones; `tail` behind the payload."""
    right = (2 if clean else 0) | (will_flags if will else 0) | (0x80 if user is not None else 0) | (0x40 if password is not None else 0)
    body = field(name) + bytes([level, right if flags is None else flags]) + struct.pack(">H", keep_alive) + field(client)
    for value in [*(will or ()), user, password]:
        body += field(value) if value is not None else b""
    return packet(CONNECT << 4, body + tail)


def publish(topic, payload, id=None, qos=None, dup=False, retain=False):
    qos = (0 if id is None else 1) if qos is None else qos
    payload = payload.encode() if isinstance(payload, str) else payload
    body = field(topic) + (struct.pack(">H", id) if id is not None else b"") + payload
    return packet(PUBLISH << 4 | (8 if dup else 0) | qos << 1 | (1 if retain else 0), body)


def puback(id):
    return packet(PUBACK << 4, struct.pack(">H", id))


def subscribe(id, *filters, qos=1):
    return packet(SUBSCRIBE << 4 | 2, struct.pack(">H", id) + b"".join(field(filter) + bytes([qos]) for filter in filters))


def unsubscribe(id, *filters):
    return packet(UNSUBSCRIBE << 4 | 2, struct.pack(">H", id) + b"".join(field(filter) for filter in filters))


class Closed(Exception):
    """The other side has closed the connection."""


class Wire:
    """A connection. Each packet that comes is (type, flags, body)."""

    def __init__(self, place, ca=None, tls=True, patience=PATIENCE):
        """place: the path of a unix socket, or an address, then with TLS on port 8883."""
        if "/" in place:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(patience)
            self.socket.connect(place)
        else:
            self.socket = socket.create_connection((place, 8883), timeout=patience)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls:
                context = ssl.create_default_context(cafile=ca)
                context.maximum_version = ssl.TLSVersion.TLSv1_2
                self.socket = context.wrap_socket(self.socket, server_hostname=place)
        self.unread = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, *packets):
        try:
            self.socket.sendall(b"".join(packets))
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
            raise Closed from error

    def take(self, count):
        while len(self.unread) < count:
            try:
                more = self.socket.recv(65536)
            except (ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
                raise Closed from error
            if not more:
                raise Closed
            self.unread += more
        head, self.unread = self.unread[:count], self.unread[count:]
        return head

    def next(self):
        first, size, shift = self.take(1)[0], 0, 0
        while True:
            byte = self.take(1)[0]
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        return first >> 4, first & 15, self.take(size)

    def expect(self, kind):
        got = self.next()
        assert got[0] == kind, f"packet {kind} was due, and {got} came"
        return got

    def sign_in(self, identity, **changes):
        """Connects; returns the session-present flag."""
        self.send(identity.connect(**changes))
        body = self.expect(CONNACK)[2]
        assert body[1] == 0, f"CONNACK {body[1]}"
        return bool(body[0])

    def refusal(self):
        """The code of a CONNACK that refuses, and then the end; None: an end without one."""
        try:
            kind, _, body = self.next()
        except Closed:
            return None
        assert kind == CONNACK and body[1] != 0, f"refused it should be: {kind} {body}"
        assert body[0] == 0, "a refusal has no session"
        self.ends()
        return body[1]

    def ends(self):
        """Nothing comes any more but the end."""
        try:
            got = self.next()
        except Closed:
            return
        raise AssertionError(f"an end was due, and {got} came")

    def acknowledged(self, id):
        body = self.expect(PUBACK)[2]
        assert body == struct.pack(">H", id), f"PUBACK of {id} was due, and {body} came"

    def granted(self, id):
        body = self.expect(SUBACK)[2]
        assert body[:2] == struct.pack(">H", id), body
        return list(body[2:])

    def message(self):
        """The next PUBLISH: topic, payload, packet id or None, dup."""
        _, flags, body = self.expect(PUBLISH)
        size = struct.unpack(">H", body[:2])[0]
        topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
        if flags & 6:
            return topic, rest[2:], struct.unpack(">H", rest[:2])[0], bool(flags & 8)
        return topic, rest, None, bool(flags & 8)


def alive(wire):
    """The connection lives."""
    wire.send(PINGREQ)
    wire.expect(13)
