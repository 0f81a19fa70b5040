import HTTP
import JSON
import ModuleIdentities
public import Transport
public import UV

/// The HTTPS port: direct methods for whoever has an identity on this device, and IoT Hub's service API for who has the policy's key.
///
/// | route | who |
/// |---|---|
/// | `POST /twins/{d}[/modules/{m}]/methods` | an identity, named by `x-ms-edge-moduleId`, or the policy |
/// | `GET`, `PATCH`, `PUT /twins/{d}[/modules/{m}]` | the policy |
/// | `GET /devices`, `GET /devices/{d}`, `GET /devices/{d}/modules`; `DELETE /devices/{d}` of a downstream device; `GET`, `PUT`, `DELETE /devices/{d}/modules/{m}` | the policy |
///
/// Both show a shared access signature in `Authorization`; that of the policy has its name as `skn`.
public final class ServiceServer {
    /// A network is at the other end: what one client may hold is bounded, and so is how long.
    private static let limits = HTTPServerLimits(
        connections: 64, requestMs: 15_000, bufferedBytes: 16 << 10,
        messages: HTTPLimits(url: 2048, headers: 8192, headerCount: 50, body: 256 << 10))

    private let server: HTTPServer

    /// - Parameters:
    ///   - ip: an IPv4 or IPv6 literal.
    ///   - port: 0 for any free one, see `port`.
    ///   - tls: makes the handshakes; nil: plain HTTP, for tests only, since tokens can be read on the way.
    ///   - device: is retained until the server goes.
    ///   - access: outlives the server.
    /// - Throws: `UVError.addressInUse`, EADDRNOTAVAIL, EACCES for ports below 1024, EINVAL for what is no address.
    public init(_ loop: Loop, host ip: Text, port: UInt16, tls: TLSAcceptor?, device: any DeviceControl, access: any ServiceAccess)
        throws(UVError)
    {
        let gate = ServiceGate(access, device)
        let router = Router(routes: Route.twins(device) + Route.registry(device))
        /// nil: it may go on.
        func refusal(_ request: HTTPRequest) -> HTTPResponse? {
            do throws(ServiceRefusal) {
                try gate.admit(request)
                return nil
            } catch {
                access.refused(error.message)
                return error.response
            }
        }
        server = try HTTPServer(loop, host: ip, port: port, tls: tls, limits: Self.limits) { request, responder in
            if let refusal = refusal(request) { return responder.send(refusal) }
            responder.trust()
            router.route(request, responder)
        }
        // Who has no token must not keep others out.
        server.onMakingRoom = { access.refused("\(Self.limits.connections) connections are open: one of them makes room for a new one") }
        // Who has no token makes the host keep no bodies.
        server.refusesHead = refusal
    }

    /// Where it listens.
    public var port: UInt16 { server.port }

    /// Closes the port and its connections. Idempotent.
    public func close() { server.close() }
}
