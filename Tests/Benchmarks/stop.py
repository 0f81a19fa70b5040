"""Whether a host under full load always stops, and how fast. Called by `Toolchain/bench stop`.

A source sends for ever, without waiting for its messages to be taken, to a sink of the same isolation. Once the load is on, the host is
told to stop. The modules stop at once, so that all the time that passes is the host's own.
"""

import argparse
import os
import pathlib
import tempfile

from device import ISOLATIONS, Device, library, manifest, route
from measure import Figures, Unexpected, machine

LIMIT = 100  # ms
LOADED = 10000  # messages that have come through: the load is on
PATIENCE = 10  # seconds after which a host hangs


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--built", type=pathlib.Path, required=True)
    parser.add_argument("--scratch", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=1000)
    asked = parser.parse_args()
    print(f"Toolchain/bench stop, {asked.rounds} rounds of each isolation")
    print(f"machine: {machine()}")
    print(f"load average before: {os.getloadavg()[0]:.1f}")
    figures, failures = Figures(), 0
    with tempfile.TemporaryDirectory(dir=asked.scratch) as folder:
        for isolation in ISOLATIONS:
            content = manifest({"source": library(isolation), "sink": library(isolation)},
                               {"data": route("source", "data", "sink")}, {"source": {"blast": True}})
            hung = late = 0
            try:
                for _ in range(asked.rounds):
                    host = Device(asked.program, [asked.built / "libbench.so"], pathlib.Path(folder) / "device", content)
                    host.running()
                    # What a module logs is its own: only `martlet logs` shows it.
                    while host.invoke("sink", "count", {})["count"] < LOADED:
                        pass
                    took = host.end(PATIENCE)
                    hung += took is None
                    late += took is not None and took > LIMIT
                    figures.add(isolation, PATIENCE * 1000 if took is None else took)
            except Unexpected as reason:
                print(f"  {isolation}: refused: {reason}")
                continue
            failures += hung + late
            print(f"  {isolation}: {asked.rounds} rounds, {hung} hung, {late} took more than {LIMIT} ms")
    figures.show("from SIGTERM under full load to the end of the host", "ms", 1)
    raise SystemExit(1 if failures else 0)


main()
