"""Microsoft's service SDK against this host's own HTTPS port. Fails by an assertion.

    service.py SCENARIO CONNECTION DEVICE MODULE        CONNECTION: HostName, SharedAccessKeyName, SharedAccessKey

REQUESTS_CA_BUNDLE: the certificate to trust.
"""

import base64
import sys

from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import CloudToDeviceMethod, Twin, TwinProperties
from msrest.exceptions import HttpOperationError


def refused(status, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except HttpOperationError as error:
        assert error.response.status_code == status, f"{error.response.status_code} came, {status} was due: {error.response.text}"
        return error.response.text
    raise AssertionError(f"{call.__name__}{arguments} was not refused with {status}")


def all(hub, device, module):
    # Twins.
    twin = hub.get_module_twin(device, module)
    assert twin.device_id == device and twin.module_id == module and twin.properties.desired["limit"] == 7, twin
    changed = hub.update_module_twin(device, module, Twin(properties=TwinProperties(desired={"limit": 8, "é": None})), twin.etag)
    assert changed.properties.desired["limit"] == 8 and changed.etag != twin.etag
    refused(412, hub.update_module_twin, device, module, Twin(properties=TwinProperties(desired={"limit": 9})), twin.etag)
    replaced = hub.replace_module_twin(device, module, Twin(properties=TwinProperties(desired={"only": 1})))
    assert replaced.properties.desired["only"] == 1 and "limit" not in replaced.properties.desired
    assert hub.update_twin(device, Twin(tags={"place": "Hannover"})).tags == {"place": "Hannover"}
    assert hub.get_twin(device).tags == {"place": "Hannover"}
    refused(404, hub.get_module_twin, device, "nobody")
    refused(404, hub.get_twin, "elsewhere")

    # Methods.
    def method(name, payload=None):
        return CloudToDeviceMethod(method_name=name, payload=payload, response_timeout_in_seconds=5, connect_timeout_in_seconds=0)

    answer = hub.invoke_device_module_method(device, module, method("echo", {"a": [1, "ü"]}))
    assert answer.status == 200 and answer.payload == {"a": [1, "ü"]}, answer
    answer = hub.invoke_device_module_method(device, module, method("refuse"))
    assert answer.status == 418 and answer.payload is None, answer
    refused(404, hub.invoke_device_module_method, device, "nobody", method("echo"))
    refused(504, hub.invoke_device_module_method, device, module, method("silence"))

    # The registry.
    assert hub.get_device(device).device_id == device
    assert device in [known.device_id for known in hub.get_devices()]
    keys = [base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2)]
    made = hub.create_module_with_sas(device, "made", "", *keys)
    assert made.module_id == "made" and made.authentication.symmetric_key.primary_key == keys[0], made
    assert {known.module_id for known in hub.get_modules(device)} >= {"made", module}
    assert hub.get_module(device, "made").generation_id == made.generation_id
    hub.update_module_with_sas(device, "made", "", made.etag, keys[1], keys[0])
    assert hub.get_module(device, "made").authentication.symmetric_key.primary_key == keys[1]
    hub.delete_module(device, "made")
    refused(404, hub.get_module, device, "made")


def denied(hub, device, module):
    text = refused(401, hub.get_twin, device)
    assert "sig=" not in text, text
    refused(401, hub.get_modules, device)
    refused(401, hub.update_module_twin, device, module, Twin(properties=TwinProperties(desired={"limit": 0})))
    refused(401, hub.delete_module, device, module)
    refused(401, hub.invoke_device_module_method, device, module, CloudToDeviceMethod(method_name="echo"))


def main():
    scenario, connection, device, module = sys.argv[1:]
    hub = IoTHubRegistryManager.from_connection_string(connection)
    globals()[scenario](hub, device, module)
    hub.amqp_svc_client = None  # nothing was sent that way, and there is nothing to disconnect from


main()
