"""A client of Microsoft's device SDK that does what direct methods tell it, and prints what happens: a word and JSON a line.

    sdk_client.py                        a module of IoT Edge: all that it needs is in its environment
    sdk_client.py CONNECTION CA          a module or device by its connection string, through its gateway; CA: a file

TTL: seconds that a token of it lives; the SDK renews it 120 seconds before.
"""

import base64
import json
import os
import signal
import sys
import threading

from azure.iot.device import IoTHubDeviceClient, IoTHubModuleClient, Message, MethodResponse


def note(event, facts=None):
    print(event, json.dumps(facts, sort_keys=True, ensure_ascii=False), flush=True)


def create():
    options = {"sastoken_ttl": int(os.environ.get("TTL", "3600")), "connection_retry_interval": 1}
    if len(sys.argv) == 1:
        return IoTHubModuleClient.create_from_edge_environment(**options)
    connection, file = sys.argv[1:]
    with open(file, encoding="ascii") as text:
        options["server_verification_cert"] = text.read()
    fields = dict(field.split("=", 1) for field in connection.split(";"))
    if "ModuleId" in fields:
        return IoTHubModuleClient.create_from_connection_string(connection, **options)
    return IoTHubDeviceClient.create_from_symmetric_key(
        fields["SharedAccessKey"], fields["HostName"], fields["DeviceId"], gateway_hostname=fields["GatewayHostName"], **options
    )


def text(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(data).decode("ascii")


class Client:
    def __init__(self):
        self.sdk = create()
        self.sdk.on_connection_state_change = lambda: note("connected" if self.sdk.connected else "disconnected")
        self.sdk.on_background_exception = lambda error: note("background", repr(error))
        # The SDK connects for the first of them. What comes before a handler is there, it would put where nobody looks.
        self.sdk.on_message_received = self.receive
        self.sdk.on_twin_desired_properties_patch_received = lambda patch: note("desired", patch)
        self.sdk.on_method_request_received = self.call
        note("ready", self.sdk.get_twin())

    def receive(self, message):
        facts = {"data": text(message.data), "properties": message.custom_properties, "input": getattr(message, "input_name", None)}
        for name in ("message_id", "correlation_id", "user_id", "content_type", "content_encoding"):
            facts[name] = getattr(message, name)
        note("message", facts)

    def call(self, request):
        try:
            status, payload = self.obey(request.name, request.payload)
        except Exception as error:
            status, payload = 500, {"error": repr(error), "cause": repr(error.__cause__)}
        if status:
            self.sdk.send_method_response(MethodResponse.create_from_method_request(request, status, payload))

    def obey(self, name, payload):
        if name == "echo":
            return 200, payload
        if name == "refuse":
            return 418, None
        if name == "silence":
            return None, None
        if name == "send":
            return 200, self.send(**payload)
        if name == "report":
            return 200, self.sdk.patch_twin_reported_properties(payload)
        if name == "twin":
            return 200, self.sdk.get_twin()
        if name == "invoke":
            return 200, self.sdk.invoke_method(payload["call"], payload["device"], payload.get("module"))
        return 404, None

    def send(self, body, output=None, properties={}, times=1, **system):
        for number in range(times):
            message = Message(base64.b64decode(body[7:]) if body.startswith("base64:") else body.replace("#", str(number)))
            message.custom_properties.update(properties)
            for key, value in system.items():
                setattr(message, key, value)
            if output is None:
                self.sdk.send_message(message)
            else:
                self.sdk.send_message_to_output(message, output)
        return {"sent": times}


def main():
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        client = Client()
    except Exception as error:
        note("failed", {"error": type(error).__name__, "cause": repr(error.__cause__)})
        os._exit(1)  # a client of the SDK that could not connect has threads that go on
    stop.wait()
    client.sdk.shutdown()


main()
