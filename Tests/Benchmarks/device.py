"""Devices to measure: manifests whose modules are all instances of the bench's own images, and hosts that run them."""

import json
import os
import select
import shutil
import subprocess

from measure import Process

ISOLATIONS = ("loop", "thread", "process")


def library(isolation):
    return {"type": "library", "status": "running", "restartPolicy": "always",
            "settings": {"image": "libbench.so", "isolation": isolation}}


def functions(isolation):
    add = {"symbol": "add", "arguments": ["double", "double"], "returns": "double"}
    return {"type": "functions", "status": "running", "restartPolicy": "always",
            "settings": {"image": "libfunctions.so", "isolation": isolation, "functions": {"add": add}}}


def route(source, output, sink, **more):
    text = f'FROM /messages/modules/{source}/outputs/{output} INTO BrokeredEndpoint("/modules/{sink}/inputs/{output}")'
    return {"route": text, **more}


def manifest(modules, routes=None, desired=None):
    content = {"$edgeAgent": {"properties.desired": {"schemaVersion": "1.1", "runtime": {"type": "martlet"}, "modules": modules}},
               "$edgeHub": {"properties.desired": {"schemaVersion": "1.1", "routes": routes or {},
                                                       "storeAndForwardConfiguration": {"timeToLiveSecs": 7200}}}}
    for name, properties in (desired or {}).items():
        content[name] = {"properties.desired": properties}
    # What is measured may stop and start as often as it likes.
    restart = {"coolOffSeconds": 0, "maxRestarts": 1_000_000}
    return {"device": {"id": "bench"}, "host": {"restart": restart}, "modulesContent": content}


def pair(isolation):
    """Two instances, `source` and `sink`, with routes for trains of messages one way and for an echo both ways."""
    routes = {"data": route("source", "data", "sink", whenFull="block"), "ping": route("source", "ping", "sink"),
              "pong": route("sink", "pong", "source")}
    return manifest({"source": library(isolation), "sink": library(isolation)}, routes)


class Device(Process):
    """A host with a state folder of its own, which is gone with it. `under`: the command of a tool that runs it."""

    def __init__(self, program, images, folder, content, environment=None, under=()):
        self.program = program
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        self.modules = folder / "modules"
        self.modules.mkdir(parents=True)
        for image in images:
            shutil.copy(image, self.modules)
        file = folder / "device.json"
        file.write_text(json.dumps(content))
        self.count = len(content["modulesContent"]["$edgeAgent"]["properties.desired"]["modules"])
        super().__init__([*under, program, "run", file], environment=environment)

    def running(self):
        """Waits for all modules. The time when the last one runs; `Unexpected` with the reason if one does not."""
        return self.line(" running (", self.count, unless=" failed: ")

    def command(self, *words):
        """Runs `martlet` with these words, and reads on meanwhile what the host writes. What it wrote and how it ended."""
        environment = os.environ | {"MARTLET_RUNTIME": str(self.folder / "run")}
        command = [str(self.program), *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as client:
            while select.select([self.pipe, client.stdout], [], [])[0] == [self.pipe] and self.take(0):
                pass
            output, errors = client.communicate()
        return subprocess.CompletedProcess(command, client.returncode, output, errors)

    def invoke(self, module, method, payload):
        answer = self.command("invoke", module, method, json.dumps(payload, separators=(",", ":")), "--timeout", "120")
        if answer.returncode != 0:
            raise SystemExit(f"{module} does not answer {method}: {answer.stderr}{self.written()}")
        result = json.loads(answer.stdout)
        if result["status"] != 200:
            raise SystemExit(f"{module} answers {method} with {answer.stdout}")
        return result["payload"]

    def told(self, module, word):
        """The number behind the last `word` in a module's log."""
        command = [str(self.program), "logs", module]
        environment = os.environ | {"MARTLET_RUNTIME": str(self.folder / "run")}
        lines = subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout.splitlines()
        return int([line for line in lines if word in line][-1].split()[-1])

    def all_processes(self):
        return [self.pid] + self.children()
