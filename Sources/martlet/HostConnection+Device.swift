import HTTP
import JSON

extension HostConnection {
    /// The device that the host runs, as far as its service API needs it.
    struct DeviceName {
        let id: Text
        let hubHostName: Text
        let gatewayHostName: Text
    }

    /// Asks the host which device it is.
    func device() throws(CommandFailure) -> DeviceName {
        let answer = try askJSON(HTTPRequest(.get, path: ["device"]))
        guard let id = answer["deviceId"]?.string, let hub = answer["hubHostName"]?.string, let gateway = answer["gatewayHostName"]?.string
        else { throw .failed("the host does not say which device it is") }
        return DeviceName(id: id, hubHostName: hub, gatewayHostName: gateway)
    }

    /// The path of a twin at IoT Hub's service API, which begins with the device's id.
    /// - Parameter name: a module, or `/devices/ID`; nil is the device itself.
    func twinPath(_ name: Text?) throws(CommandFailure) -> [Text] {
        if let name, let id = try Self.deviceID(name) { return ["twins", id] }
        let device = try device().id
        guard let name else { return ["twins", device] }
        return ["twins", device, "modules", name]
    }

    /// Of `/devices/ID`; nil: it is the name of a module.
    static func deviceID(_ name: Text) throws(CommandFailure) -> Text? {
        guard name.utf8.first == UInt8(ascii: "/") else { return nil }
        let parts = name.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 3, Text(utf8: parts[1]) == "devices", !parts[2].isEmpty else {
            throw .invalid("\(name.quoted) is neither a module nor a device: NAME or /devices/ID is expected")
        }
        return Text(utf8: parts[2])
    }
}
