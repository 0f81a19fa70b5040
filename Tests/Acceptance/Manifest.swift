import Foundation

/// A manifest that a test writes.
struct Manifest {
    typealias Object = [String: Any]

    var device: Object = ["id": "Hannover01"]
    /// Modules that end start again at once, unless a test wants it otherwise.
    var host: Object = ["restart": ["coolOffSeconds": 0]]
    var modules: [String: Object] = [:]
    var routes: [String: Any] = [:]
    /// `properties.desired` by module.
    var desired: [String: Object] = [:]

    mutating func library(_ name: String, _ image: String, _ more: Object = [:]) {
        modules[name] = Self.merged(["type": "library", "settings": ["image": image]], more)
    }

    mutating func executable(_ name: String, _ image: String, _ more: Object = [:]) {
        modules[name] = Self.merged(["type": "executable", "settings": ["image": image]], more)
    }

    mutating func functions(_ name: String, _ image: String, _ functions: Object, _ more: Object = [:]) {
        modules[name] = Self.merged(["type": "functions", "settings": ["image": image, "functions": functions]], more)
    }

    private static func merged(_ object: Object, _ more: Object) -> Object {
        var merged: Object = ["status": "running", "restartPolicy": "always"]
        for (key, value) in object { merged[key] = value }
        for (key, value) in more {
            if key == "settings", let old = merged[key] as? Object, let new = value as? Object {
                merged[key] = old.merging(new) { $1 }
            } else {
                merged[key] = value
            }
        }
        return merged
    }

    init() {}

    /// Takes a manifest apart; its host settings are this one's.
    init(parsing text: String) throws {
        let whole = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object ?? [:]
        let content = whole["modulesContent"] as? [String: [String: Object]] ?? [:]
        let agent = content["$edgeAgent"]?["properties.desired"] ?? [:]
        device = whole["device"] as? Object ?? [:]
        modules = agent["modules"] as? [String: Object] ?? [:]
        routes = content["$edgeHub"]?["properties.desired"]?["routes"] as? [String: Any] ?? [:]
        for (name, section) in content where !name.hasPrefix("$") { desired[name] = section["properties.desired"] }
    }

    /// A route from all outputs of a module into an input.
    mutating func route(_ name: String, from module: String, output: String = "*", into input: String) {
        routes[name] = "FROM /messages/modules/\(module)/outputs/\(output) INTO BrokeredEndpoint(\"/modules/\(input)\")"
    }

    mutating func routeUpstream(_ name: String, from module: String, output: String = "*") {
        routes[name] = "FROM /messages/modules/\(module)/outputs/\(output) INTO $upstream"
    }

    var text: String {
        get throws {
            let agent: Object = ["schemaVersion": "1.1", "runtime": ["type": "martlet"], "modules": modules]
            let hub: Object = ["schemaVersion": "1.1", "routes": routes, "storeAndForwardConfiguration": ["timeToLiveSecs": 7200]]
            var content: Object = ["$edgeAgent": ["properties.desired": agent], "$edgeHub": ["properties.desired": hub]]
            for (name, properties) in desired { content[name] = ["properties.desired": properties] }
            let whole: Object = ["device": device, "host": host, "modulesContent": content]
            let data = try JSONSerialization.data(withJSONObject: whole, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
            return String(decoding: data, as: UTF8.self)
        }
    }
}
