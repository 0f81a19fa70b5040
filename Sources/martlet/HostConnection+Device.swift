import HTTP
import JSON

extension HostConnection {
    /// The path of a twin at IoT Hub's service API, which begins with the device's id.
    /// - Parameter module: nil is the device itself.
    func twinPath(_ module: Text?) throws(CommandFailure) -> [Text] {
        guard let device = try askJSON(HTTPRequest(.get, path: ["device"]))["deviceId"]?.string else {
            throw .failed("the host does not say its device id")
        }
        guard let module else { return ["twins", device] }
        return ["twins", device, "modules", module]
    }
}
