import HTTP
import JSON

extension Route {
    /// Identities, as IoT Edge and as IoT Hub's registry show them, and what the device says of itself.
    static func registry(_ device: any DeviceControl) -> [Route] {
        let list = ofThisDevice(device) { call, _ in
            call.answer(.array(device.identities().map { entry($0, of: call.names[0]) }))
        }
        let get = ofThisDevice(device) { call, module in
            identity(device, module ?? "", call, style: .service) { call.answer(entry($0, of: call.names[0])) }
        }
        return [
            Route(.get, "/identities") { call in
                call.answer(["identities": .array(device.identities().map { .object($0) })])
            },
            Route(.get, "/identities/{m}") { call in
                identity(device, call.names[0], call, style: .edge) { call.answer(.object($0)) }
            },
            Route(.get, "/devices/{d}/modules", list), Route(.get, "/devices/{d}/modules/{m}", get),
            Route(.get, "/systeminfo") { call in call.answer(.object(device.systemInfo())) },
            Route(.get, "/device") { call in call.answer(.object(device.device())) },
            Route(.get, "/device/modules") { call in call.answer(.array(device.modules().map { .object($0) })) },
            Route(.get, "/queues") { call in call.answer(.array(device.queues().map { .object($0) })) },
        ]
    }

    private static func identity(
        _ device: any DeviceControl, _ name: Text, _ call: RouteCall, style: RouteCall.ErrorStyle, _ found: (JSONObject) -> Void
    ) {
        for identity in device.identities() where identity["moduleId"] == .string(name) { return found(identity) }
        var call = call
        call.errorStyle = style
        call.answer(ControlError(.notFound, "no module identity \(name.quoted) on this device"))
    }

    /// An entry of IoT Hub's registry. Keys are never shown here.
    private static func entry(_ identity: JSONObject, of device: Text) -> JSON {
        [
            "moduleId": identity["moduleId"] ?? .null, "managedBy": identity["managedBy"] ?? .null, "deviceId": .string(device),
            "generationId": identity["generationId"] ?? .null,
            "authentication": ["type": identity["authType"] == "X509" ? "selfSigned" : identity["authType"] == "Sas" ? "sas" : "none"],
        ]
    }
}
