"""Clients that keep a ledger on disk of what they were told, so that it can be compared after somebody was killed.

    ledger.py send PLACE CA CONNECTION FILE       publishes 0, 1, 2, ... with QoS 1; writes down each that was acknowledged
    ledger.py receive PLACE CA CONNECTION FILE    writes down each message that comes, then acknowledges it

Both connect again, with the session of before and without a new subscription, as often as the connection ends.
"""

import os
import sys
import time

import mqttwire as mqtt
from mqttwire import Closed, Identity, Wire, publish, puback, subscribe


def connected(place, ca, identity):
    """A connection, as soon as there can be one, and whether there was a session."""
    while True:
        try:
            wire = Wire(place, ca)
            return wire, wire.sign_in(identity)
        except (OSError, Closed):
            time.sleep(0.01)


def send(place, ca, identity, file):
    ledger = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    number, window, waiting = 0, 50, []
    with open(file, encoding="ascii") as text:
        lines = text.read().split()
        number = int(lines[-1]) + 1 if lines else 0
    while True:
        wire, _ = connected(place, ca, identity)
        try:
            # What was not acknowledged comes again, with DUP.
            waiting = [(n, True) for n, _ in waiting]
            for n, _ in waiting:
                wire.send(publish(identity.output("out"), str(n), n % 60000 + 1, dup=True))
            while True:
                while len(waiting) < window:
                    waiting.append((number, False))
                    wire.send(publish(identity.output("out"), str(number), number % 60000 + 1))
                    number += 1
                n = waiting[0][0]
                wire.acknowledged(n % 60000 + 1)
                waiting.pop(0)
                os.write(ledger, f"{n}\n".encode())
        except (Closed, OSError):
            wire.close()


def receive(place, ca, identity, file):
    ledger = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    wire, present = connected(place, ca, identity)
    if not present:  # else what waited may come at once
        wire.send(subscribe(1, f"{identity.path}/inputs/#"))
        wire.granted(1)
    print("subscribed", flush=True)
    while True:
        try:
            while True:
                _, payload, id, dup = wire.message()
                os.write(ledger, payload + (b" dup\n" if dup else b"\n"))
                wire.send(puback(id))
        except (Closed, OSError):
            wire.close()
        wire, present = connected(place, ca, identity)
        assert present, "the session is gone"


def main():
    what, place, ca, connection, file = sys.argv[1:]
    {"send": send, "receive": receive}[what](place, ca, Identity(connection), file)


main()
