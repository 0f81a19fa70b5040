import Certificates
import Deployment
import EdgeHub
import Files
import JSON
import MQTTServer
import ModuleIdentities
import ModuleInstances
import UV

/// Clients over MQTT: who may connect, and where.
extension Device {
    /// It is told who may connect once there is a device; until then nobody may.
    static func mqttServer(_ loop: Loop, _ hub: EdgeHub) -> MQTTServer {
        let log = Log(part: "mqtt")
        return MQTTServer(loop, hub: hub) { log.write($0, $1) }
    }

    /// The socket for tools of this machine, and whoever has a token.
    func listenForMQTT() throws(StartError) {
        let path = Files.join(place.runtimeDirectory, "mqtt.sock")
        guard path.utf8.count <= Self.longestSocketPath else {
            throw StartError("\(path) is too long for a socket, at most \(Self.longestSocketPath) bytes; name a shorter runtimeDirectory")
        }
        mqtt.mayConnect = { [unowned(unsafe) self] in Self.refusal(of: $0, deployment) }
        try? Files.remove(path)
        do throws(UVError) {
            try mqtt.listen(unixPath: path)
        } catch {
            throw StartError("cannot listen on \(path): \(error.message)")
        }
    }

    /// Opens the port for clients with TLS, or closes it where the manifest says so; clients that are connected stay. What cannot be opened
    /// is logged; the device goes on.
    func listenForMQTTS(_ address: ListenAddress?) {
        if let mqttsListener { mqtt.stopListening(mqttsListener) }
        mqttsListener = nil
        guard let address else { return }
        do throws(CertificateError) {
            let tls = try certificates.acceptor()
            do throws(UVError) {
                mqttsListener = try mqtt.listen(host: address.host, port: address.port, tls: tls)
                log.info("MQTT on mqtts://\(address.place)")
            } catch {
                cannotListen("host.listen.mqtts", address, error)
            }
        } catch {
            log.error("host.listen.mqtts: \(error.message)")
        }
    }

    /// Why a client of this name may not connect; nil: it may, if its token is good.
    static func refusal(of client: Text, _ deployment: Deployment) -> Text? {
        // Of the device, its children and what is only in the registry, the hub knows whether they are there.
        guard let module = deployment.module(client) else { return nil }
        switch module.kind {
        case .executable(_, .edge): return nil
        case .executable(_, .stdio): return "it speaks JSON-RPC with the host; its protocol would have to be edge"
        case .executable(_, .none): return "its protocol is none: it has no inputs and calls nobody; make it edge"
        case .library, .functions: return "the host itself runs it, as \(module.kind.type.word)"
        }
    }
}
