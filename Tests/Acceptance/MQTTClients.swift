import Foundation
import TestSupport

/// A host for others' MQTT clients.
enum MQTTClients {
    /// Two modules that the host does not run itself, `honest` and `hostile`; what they send on `loop` comes back on their input `in`, what
    /// they send on `mine` comes to `hostile`, and what they send on `out` is for the cloud.
    static func host(_ program: MartletProgram, _ change: (inout Manifest) -> Void = { _ in }) throws -> Host {
        var manifest = Host.manifest(at: try Loopback.address())
        for name in ["honest", "hostile"] {
            manifest.executable(name, "outside", ["status": "stopped", "settings": ["protocol": "edge"]])
            manifest.route("loop-" + name, from: name, output: "loop", into: name + "/inputs/in")
            manifest.route("mine-" + name, from: name, output: "mine", into: "hostile/inputs/in")
            manifest.routeUpstream("out-" + name, from: name, output: "out")
        }
        change(&manifest)
        let host = try Host(program, manifest)
        try host.install(script: "#!/bin/sh\nexec sleep 1000\n", as: "outside")
        try host.launch()
        try host.waitUntilAnswering()
        return host
    }
}
