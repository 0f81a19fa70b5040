import HTTP
import JSON
import UV

/// The management socket: IoT Edge's management API, the parts of IoT Hub's service API that concern one device, and what the
/// command line needs beyond both.
///
/// | route | |
/// |---|---|
/// | `GET /modules`, `GET /modules/{m}` | ModuleDetails of IoT Edge |
/// | `POST /modules/{m}/start`, `stop`, `restart` | 204; 304 where there was nothing to do |
/// | `GET /modules/{m}/logs?follow&tail` | the module's own output |
/// | `GET /identities/`, `GET /identities/{m}`, `GET /systeminfo` | as IoT Edge |
/// | `GET`, `PATCH`, `PUT /twins/{d}[/modules/{m}]` | IoT Hub: `ETag`, `If-Match` |
/// | `POST /twins/{d}[/modules/{m}]/methods` | IoT Hub: direct methods |
/// | `GET /twins/{d}[/modules/{m}]/pending` | ours: reported properties that no cloud has taken yet |
/// | `GET /devices`, `GET /devices/{d}`, `GET /devices/{d}/modules` | IoT Hub's registry, with keys |
/// | `GET`, `PUT`, `DELETE /devices/{d}/modules/{m}` | IoT Hub's registry: `ETag`, `If-Match` |
/// | `POST /modules/{m}/inputs/{i}/messages` | ours: delivers a message |
/// | `GET /messages?module&output` | ours: monitored messages as JSON lines |
/// | `GET /queues`, `GET /queues/modules`, `GET /device`, `GET /device/modules` | ours |
/// | `GET /trust-bundle` | as the workload API |
///
/// The socket has mode 0600: who may open it may do everything, as with IoT Edge's.
public final class ManagementServer {
    private let server: HTTPServer

    /// - Parameters:
    ///   - path: of the socket, `management.sock` in the runtime directory.
    ///   - device: is retained until the server goes.
    public init(_ loop: Loop, path: String, device: any DeviceControl, limits: HTTPServerLimits = HTTPServerLimits())
        throws(UVError)
    {
        let router = Router(
            routes: Route.modules(device) + Route.twins(device) + Route.registry(device) + Route.device(device)
                + Route.messages(device))
        server = try HTTPServer(loop, path: path, limits: limits) { router.route($0, $1) }
    }

    /// Closes the socket and its connections. Idempotent.
    public func close() {
        server.close()
    }
}
