import Certificates
import Deployment
import EdgeHub
import JSON
import Management
import ModuleIdentities
import ModuleInstances
import UV

/// Who comes in over HTTPS.
extension Device: ServiceAccess {
    func authorize(_ token: SharedAccessSignature, path: [Text]) -> SASError? {
        guard let policy = deployment.host.sharedAccessPolicy else {
            return SASError(.wrongIdentity, "the service API is off: the manifest has no host.sharedAccessPolicy")
        }
        let now = WallClock.nowMs
        do throws(SASError) {
            try token.check(
                policy: policy.name, key: policy.key, hosts: [place.hubHostName, place.gatewayHostName], path: path,
                now: now >= PlausibleClock.sinceMs ? now / 1000 : nil)
            return nil
        } catch {
            return error
        }
    }

    func authorize(_ token: Text, as identity: ModuleIdentity) -> SASError? { hub.authenticate(token, as: identity) }

    func refused(_ reason: Text) {
        guard let count = serviceRefusals.tell(Loop.monotonicMs) else { return }
        log.warning("HTTPS: \(count == 1 ? "a request was" : "\(count) requests were") refused, the last as \(reason)")
    }

    /// Opens the HTTPS port, or closes it where the manifest says so. What cannot be opened is logged; the device goes on.
    func listenForService(_ address: ListenAddress?) {
        serviceServer?.close()
        serviceServer = nil
        guard let address else { return }
        do throws(CertificateError) {
            let tls = try certificates.acceptor()
            do throws(UVError) {
                serviceServer = try ServiceServer(
                    loop, host: address.host, port: address.port, tls: tls, device: self, access: self)
                log.info("direct methods and the service API on https://\(address.place)")
            } catch {
                cannotListen("host.listen.https", address, error)
            }
        } catch {
            log.error("host.listen.https: \(error.message)")
        }
    }
}

extension ListenSettings {
    /// The addresses of the ports with TLS: what the certificate must name.
    var withTLS: [ListenAddress] { [mqtts, https].compactMap { $0 } }
}
