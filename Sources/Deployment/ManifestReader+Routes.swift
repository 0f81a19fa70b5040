import JSON
import Messages

// `$edgeHub`: routes and how long messages wait.
extension ManifestReader {
    static func readHub(_ hub: ManifestObject, into deployment: inout Deployment) {
        hub.refuseUnknown("$edgeHub", ["schemaVersion", "routes", "storeAndForwardConfiguration", "mqttBroker", "integrity"])
        hub.optional("mqttBroker")?.note("mqttBroker is ignored: IoT Edge has given its broker up")
        hub.optional("integrity")?.note("integrity is ignored: a file is not signed")
        let version = SchemaVersion.ofHub(hub)
        if let routes = hub.optional("routes")?.object() {
            for (name, entry) in routes.members {
                guard let route = route(name, entry, version) else { continue }
                warnOfEnds(route.route, entry, deployment)
                deployment.routes.append(route)
            }
        }
        if let configuration = hub.optional("storeAndForwardConfiguration") {
            deployment.timeToLiveSecs = timeToLive(configuration)
        } else if let version, version.minor >= 1 {
            hub.findings.add(
                .warning, hub.path,
                "\"storeAndForwardConfiguration\" is missing, which IoT Edge requires from schemaVersion 1.1; write {\"timeToLiveSecs\": 7200}, which is taken"
            )
        }
    }

    private static func timeToLive(_ cursor: ManifestCursor) -> Int32? {
        guard let object = cursor.object("storeAndForwardConfiguration", only: ["timeToLiveSecs", "storeLimits"]) else { return nil }
        if let limits = object.optional("storeLimits")?.object("storeLimits", only: ["maxSizeBytes"]) {
            _ = limits.optional("maxSizeBytes")?.integer(Int64.min...Int64.max)
            object.optional("storeLimits")?.note("storeLimits is ignored; host.limits.diskQueueBytes bounds the store")
        }
        return object.optional("timeToLiveSecs")?.integer(Int64(Int32.min)...Int64(Int32.max)).map { Int32($0) }
    }

    private static func route(_ name: Text, _ cursor: ManifestCursor, _ version: SchemaVersion?) -> RouteSpecification? {
        let isGoodName =
            !name.isEmpty
            && !name.utf8.contains { byte in
                byte == UInt8(ascii: ".") || byte == UInt8(ascii: "$") || byte == UInt8(ascii: "#") || byte <= 0x20 || byte == 0x7F
            }
        if !isGoodName || name.utf8.count > 128 {
            cursor.error("\(name.quoted) is not the name of a route; use 1 to 128 bytes without . $ # and white space")
        }
        if cursor.value.string != nil {
            return compile(cursor, version).map { RouteSpecification(name: name, route: $0) }
        }
        guard cursor.value.object != nil else { return cursor.wrong("a route; use \"FROM … INTO …\" or {\"route\": \"FROM … INTO …\"}") }
        if let version, version.minor < 1 {
            cursor.error("a route with settings needs schemaVersion 1.1; raise it, or write the route as a string")
        }
        guard let object = cursor.object("a route", only: ["route", "priority", "timeToLiveSecs", "persistence", "whenFull"]) else {
            return nil
        }
        let priority = object.optional("priority").flatMap(priority)
        let timeToLive = object.optional("timeToLiveSecs")?.integer(0...Int64(UInt32.max)).map { UInt32($0) }
        let persistence: Persistence? = object.optional("persistence")?.word()
        let whenFull: FullQueueRule? = object.optional("whenFull")?.word()
        guard let route = object.required("route", "\"route\": \"FROM … INTO …\"").flatMap({ compile($0, version) }) else { return nil }
        return RouteSpecification(
            name: name, route: route, priority: priority, timeToLiveSecs: timeToLive, persistence: persistence, whenFull: whenFull)
    }

    /// 0 to 9, or IoT Edge's default, which stands for none.
    private static func priority(_ cursor: ManifestCursor) -> Int? {
        switch cursor.value.integer {
        case 2_000_000_000?: return nil
        case let priority? where (0...9).contains(priority): return Int(priority)
        default: return cursor.wrong("a priority; use 0 (first) to 9")
        }
    }

    /// Under schema version 1.0 a blank text deletes a route of a base deployment; here it is none.
    private static func compile(_ cursor: ManifestCursor, _ version: SchemaVersion?) -> Route? {
        guard let text = cursor.text() else { return nil }
        if text.utf8.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }), let version, version.minor == 0 {
            cursor.note("the route is empty and is left out")
            return nil
        }
        do throws(RouteError) {
            return try Route.parse(text) { cursor.warn("\($0.description)") }
        } catch {
            cursor.error("\(error.description)")
            return nil
        }
    }

    /// Modules that are not in the manifest send and take nothing; some that are in it have no inputs.
    private static func warnOfEnds(_ route: Route, _ cursor: ManifestCursor, _ deployment: Deployment) {
        if case .module(let name, _) = route.sink {
            let fault: Text?
            switch deployment.module(name)?.kind {
            case nil: fault = "which this manifest does not have"
            case .functions?: fault = "which has no inputs: its type is functions, and what is sent to it is lost"
            case .executable(_, .none)?: fault = "which has no inputs: its protocol is none, and what is sent to it is lost"
            default: fault = nil
            }
            if let fault { cursor.warn("the route leads to module \(name.quoted), \(fault)") }
        }
        guard let name = route.source.module else { return }
        let ofModule = RouteSource("/messages/modules/\(name)")
        if !deployment.modules.contains(where: { ofModule.matches(module: $0.name, output: "") }) {
            cursor.warn("the route comes from module \(name.quoted), which this manifest does not have")
        }
    }
}
