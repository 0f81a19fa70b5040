import Deployment
import JSON
import Management
import UV

/// The ports that the manifest names.
extension Device {
    /// Opens the metrics port, or closes it where the manifest says so. What cannot be opened is logged; the device goes on.
    func listenForMetrics(_ address: ListenAddress?) {
        metricsServer?.close()
        metricsServer = nil
        guard let address else { return }
        do throws(UVError) {
            metricsServer = try MetricsServer(loop, host: address.host, port: address.port) { [unowned(unsafe) self] in metricsPage() }
            log.info("metrics on http://\(address.place)/metrics")
        } catch {
            cannotListen("host.listen.metrics", address, error)
        }
    }

    /// - Parameter setting: where the manifest names the address.
    func cannotListen(_ setting: Text, _ address: ListenAddress, _ error: UVError) {
        let remedy: Text =
            switch error {
            case .addressInUse: "another program listens there; name another port"
            case .permissionDenied: "ports below 1024 are for root, or for who has the capability CAP_NET_BIND_SERVICE"
            default: "name an address of this machine"
            }
        log.error("\(setting): cannot listen on \(address.place): \(Text(error.message)); \(remedy)")
    }
}

extension ListenAddress {
    /// As in a URL: `127.0.0.1:443`, `[::1]:443`.
    var place: Text { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
