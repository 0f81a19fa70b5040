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
    /// - Parameter module: nil is the device itself.
    func twinPath(_ module: Text?) throws(CommandFailure) -> [Text] {
        let device = try device().id
        guard let module else { return ["twins", device] }
        return ["twins", device, "modules", module]
    }
}
