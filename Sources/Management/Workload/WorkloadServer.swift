import CPOSIX
import HTTP
import JSON
public import UV

/// The workload API of IoT Edge, on a socket of one module: what SDKs ask for when they are made `from_edge_environment`.
///
/// | route | |
/// |---|---|
/// | `GET /trust-bundle`, `GET /manifest-trust-bundle` | `{"certificate":PEM}` |
/// | `GET /modules` | ModuleDetails of all modules |
/// | `POST /modules/{m}/genid/{g}/sign` | `{"data":base64}` → `{"digest":base64}` |
/// | `POST /modules/{m}/genid/{g}/encrypt`, `decrypt` | `plaintext` or `ciphertext` and `initializationVector`, all base64 |
/// | `POST /modules/{m}/genid/{g}/certificate/server` | `{"commonName":…}` → 201, key and certificates as PEM |
/// | `POST /modules/{m}/certificate/identity` | → 201, likewise |
///
/// Every request needs an `api-version`. Errors are `{"message":…}`. Who is asked by a process that is not of the module's group or session
/// answers 403.
public final class WorkloadServer {
    /// What the daemon knows; the routes are the same in all of them.
    private static let apiVersions: [Text] = [
        "2018-06-28", "2019-01-30", "2019-10-22", "2019-11-05", "2020-07-07", "2021-12-07", "2022-08-03",
    ]
    /// Ten connections, bodies of 64 KB, 5 s for a request: a misbehaving module harms none but itself.
    private static let limits = HTTPServerLimits(
        connections: 10, requestMs: 5000, bufferedBytes: 16 << 10,
        messages: HTTPLimits(url: 2048, headers: 8192, headerCount: 50, body: 64 << 10))

    private let server: HTTPServer

    /// - Parameters:
    ///   - path: of the socket, at most 107 bytes. It has mode 0600.
    ///   - processID: of the module's instance, which leads its group and session; nil: it does not run.
    ///   - device: outlives the server.
    ///   - stranger: hears of the first process that is refused.
    /// - Throws: ENAMETOOLONG, or what else keeps the socket from being made.
    public init(
        _ loop: Loop, path: String, module: Text, generationID: Text, device: any WorkloadControl, processID: @escaping () -> Int32?,
        stranger: @escaping (Int32) -> Void = { _ in }
    ) throws(UVError) {
        let routes = WorkloadRoute.all(device, module: module, generationID: generationID)
        var hasTold = false
        server = try HTTPServer(loop, path: path, limits: Self.limits) { request, responder in
            guard let leader = processID(), let peer = responder.peerProcessID, Self.belongs(peer, to: leader) else {
                if !hasTold, let peer = responder.peerProcessID {
                    hasTold = true
                    stranger(peer)
                }
                return responder.send(.failure(403, "forbidden"))
            }
            do throws(WorkloadError) {
                responder.send(try Self.answer(request, routes))
            } catch {
                responder.send(.failure(error.status, error.message))
            }
        }
    }

    /// Closes the socket and its connections. Idempotent.
    public func close() { server.close() }

    /// Children of the instance belong to it as long as they stay in its group or session.
    private static func belongs(_ process: Int32, to leader: Int32) -> Bool {
        process == leader || getsid(process) == leader || getpgid(process) == leader
    }

    private static func answer(_ request: HTTPRequest, _ routes: [WorkloadRoute]) throws(WorkloadError) -> HTTPResponse {
        guard let version = request.target.query("api-version") else { throw WorkloadError(400, "api-version not specified") }
        guard apiVersions.contains(version) else { throw WorkloadError(400, "invalid api-version \(version.quoted)") }
        var isKnownPath = false
        for entry in routes {
            guard let names = entry.route.names(in: request.path) else { continue }
            guard entry.route.method == request.method else {
                isKnownPath = true
                continue
            }
            return try entry.answer(WorkloadCall(request: request, names: names))
        }
        throw isKnownPath ? WorkloadError(400, "method not allowed") : WorkloadError(404, "not found")
    }
}
