"""A module of Azure IoT Edge as its manuals have them: nothing in it knows of Martlet.

The mean of the last readings: input `readings`, output `mean`.
"""

import collections
import json
import signal
import threading

from azure.iot.device import IoTHubModuleClient, Message, MethodResponse


class Mean:
    """The mean of one field over the last `window` readings."""

    def __init__(self, client):
        self.client = client
        self.lock = threading.Lock()
        self.field = "cpuPercent"
        self.values = collections.deque(maxlen=10)

    def configure(self, desired):
        """Takes desired properties, the whole of them or a patch; reports what holds now."""
        window, field = desired.get("window"), desired.get("field")
        with self.lock:
            if isinstance(window, int) and 1 <= window <= 10000:
                self.values = collections.deque(self.values, maxlen=window)
            if isinstance(field, str):
                self.field = field
            reported = {"window": self.values.maxlen, "field": self.field}
        self.client.patch_twin_reported_properties(reported)

    def receive(self, message):
        try:
            value = json.loads(message.data)[self.field]
            with self.lock:
                self.values.append(float(value))
                mean, count = sum(self.values) / len(self.values), len(self.values)
        except (ValueError, TypeError, KeyError) as error:
            print(f"input {message.input_name}: no reading: {error!r}", flush=True)
            return
        answer = Message(json.dumps({"mean": round(mean, 3), "count": count}), content_encoding="utf-8", content_type="application/json")
        answer.custom_properties["field"] = self.field
        self.client.send_message_to_output(answer, "mean")

    def call(self, request):
        if request.name == "reset":
            with self.lock:
                count = len(self.values)
                self.values.clear()
            response = MethodResponse.create_from_method_request(request, 200, {"forgotten": count})
        else:
            response = MethodResponse.create_from_method_request(request, 404, {"error": "the only method is reset"})
        self.client.send_method_response(response)


def main():
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    client = IoTHubModuleClient.create_from_edge_environment()
    mean = Mean(client)
    # The first of them connects: a message that waited finds its handler.
    client.on_message_received = mean.receive
    client.on_method_request_received = mean.call
    client.on_twin_desired_properties_patch_received = mean.configure
    mean.configure(client.get_twin()["desired"])
    print("connected", flush=True)
    stop.wait()
    client.shutdown()


if __name__ == "__main__":
    main()
