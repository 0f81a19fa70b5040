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
        let isVersion6 = address.host.utf8.contains(UInt8(ascii: ":"))
        let place: Text = isVersion6 ? "[\(address.host)]:\(address.port)" : "\(address.host):\(address.port)"
        do throws(UVError) {
            metricsServer = try MetricsServer(loop, host: address.host, port: address.port) { [unowned(unsafe) self] in metricsPage() }
            log.info("metrics on http://\(place)/metrics")
        } catch {
            let remedy: Text =
                error == .addressInUse ? "another program listens there; name another port" : "name an address of this machine"
            log.error("host.listen.metrics: cannot listen on \(place): \(Text(error.message)); \(remedy)")
        }
    }
}
