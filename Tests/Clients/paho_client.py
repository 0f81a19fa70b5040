"""Paho, the MQTT client that most programs in Python use, over TLS. Each scenario fails by an assertion.

    paho_client.py SCENARIO ADDRESS CA CONNECTION
"""

import json
import queue
import ssl
import sys

import paho.mqtt.client as paho

from mqttwire import Identity


class Client:
    def __init__(self, address, ca, identity, clean=False, **changes):
        self.identity, self.events = identity, queue.Queue()
        self.paho = paho.Client(changes.get("client", identity.client), clean_session=clean, protocol=changes.get("protocol", paho.MQTTv311))
        self.paho.username_pw_set(changes.get("user", identity.user), changes.get("password", identity.token()))
        self.paho.tls_set(ca, tls_version=ssl.PROTOCOL_TLSv1_2)
        if "will" in changes:
            self.paho.will_set(*changes["will"])
        self.paho.on_connect = lambda client, data, flags, code: self.events.put(("connected", code, flags["session present"]))
        self.paho.on_disconnect = lambda client, data, code: self.events.put(("disconnected", code))
        self.paho.on_message = lambda client, data, message: self.events.put(("message", message.topic, message.payload, message.qos))
        self.paho.on_publish = lambda client, data, id: self.events.put(("published", id))
        self.paho.on_subscribe = lambda client, data, id, granted: self.events.put(("subscribed", id, granted))
        self.paho.connect(address, 8883, keepalive=60)
        self.paho.loop_start()

    def event(self, kind):
        """The next event of a kind; others are passed over."""
        while True:
            event = self.events.get(timeout=60)
            if event[0] == kind:
                return event[1:]

    def subscribe(self, topic, qos=1):
        id = self.paho.subscribe(topic, qos)[1]
        got, granted = self.event("subscribed")
        assert got == id
        return granted[0]

    def end(self):
        self.paho.disconnect()
        self.paho.loop_stop()

    def die(self):
        """The connection ends without a word."""
        self.paho.loop_stop()
        self.paho.socket().shutdown(2)
        self.paho.socket().close()


def talk(place):
    client = Client(*place)
    who = client.identity
    assert client.event("connected") == (0, 0)
    assert client.subscribe(f"{who.path}/inputs/#") == 1
    assert client.subscribe("$iothub/twin/res/#", qos=2) == 1
    assert client.subscribe("$iothub/twin/PATCH/properties/desired/#") == 1
    client.paho.publish("$iothub/twin/GET/?$rid=get%201", " ", 1)
    topic, body, _ = client.event("message")
    assert topic == "$iothub/twin/res/200/?$rid=get%201" and set(json.loads(body)) == {"desired", "reported"}, (topic, body)
    client.paho.publish("$iothub/twin/PATCH/properties/reported/?$rid=2", '{"by":"paho"}', 1)
    topic, body, _ = client.event("message")
    assert topic.startswith("$iothub/twin/res/204/?$rid=2&$version=") and body == b"", (topic, body)
    client.paho.publish("$iothub/twin/PATCH/properties/reported/?$rid=3", '{"no JSON', 1)
    topic, body, _ = client.event("message")
    assert topic.startswith("$iothub/twin/res/400/?$rid=3"), topic
    for qos in (0, 1):
        client.paho.publish(who.output("loop", **{"a b": "x/y&=", "$.mid": "m1"}), f"qos {qos}", qos, retain=qos == 1)
        topic, body, got = client.event("message")
        head, bag = topic.rsplit("/", 1)
        assert head == f"{who.path}/inputs/in" and body == f"qos {qos}".encode() and got == 1, topic
        fields = dict(field.split("=") for field in bag.split("&"))
        assert fields["a%20b"] == "x%2Fy%26%3D" and fields["%24.mid"] == "m1" and fields["%24.cmid"] == who.module, bag
        assert fields.get("mqtt-retain") == ("true" if qos else None) and "%24.on" not in fields, bag
    # A thousand, as fast as it goes, in order.
    for number in range(1000):
        client.paho.publish(who.output("loop"), str(number), 1)
    assert [int(client.event("message")[1]) for _ in range(1000)] == list(range(1000))
    client.end()


def session(place):
    first = Client(*place)
    assert first.event("connected") == (0, 0), "a new client has no session"
    first.subscribe(f"{first.identity.path}/inputs/#")
    first.end()
    sender = Client(*place)
    assert sender.event("connected") == (0, 1), "the session of before"
    # It is sent to where it is itself gone from, once it goes.
    sender.paho.publish(sender.identity.output("loop"), "kept", 1)
    assert sender.event("message")[1] == b"kept"
    # Another connection of the same client takes its place.
    second = Client(*place)
    assert second.event("connected") == (0, 1)
    assert sender.event("disconnected")[0] != 0
    sender.paho.loop_stop()
    second.end()
    clean = Client(*place, clean=True)
    assert clean.event("connected") == (0, 0)
    clean.end()
    last = Client(*place)
    assert last.event("connected") == (0, 0), "a clean session has deleted the stored one"
    last.end()


def will(place):
    topic = place[2].output("will")
    client = Client(*place, will=(topic, "gone", 1, False))
    client.event("connected")
    client.die()
    client = Client(*place, will=(topic, "never sent", 1, False))
    client.event("connected")
    client.end()


def refused(place):
    address, ca, who = place
    for code, changes in (
        (5, {"password": who.token(key=b"k" * 32)}), (5, {"password": "SharedAccessSignature"}), (5, {"password": who.token(ends=1)}),
        (2, {"client": "somebody"}), (3, {"user": "somebody"}),
    ):
        client = Client(address, ca, who, **changes)
        got = client.event("connected")
        assert got == (code, 0), (got, changes.keys())
        client.end()


def main():
    scenario, address, ca, connection = sys.argv[1:]
    globals()[scenario]((address, ca, Identity(connection)))


main()
