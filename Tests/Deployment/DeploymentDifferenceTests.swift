import Deployment
import JSON
import Messages
import ModuleIdentities
import Testing

@Suite struct DeploymentDifferenceTests {
    private let old: Deployment

    init() throws { old = try read(contractManifest).get() }

    private func changed(_ change: (inout Deployment) -> Void) -> DeploymentDifference {
        var new = old
        change(&new)
        return DeploymentDifference(from: old, to: new)
    }

    private func kinds(_ difference: DeploymentDifference) -> [ModuleChange.Kind] { difference.modules.map { $0.kind } }

    @Test func `a deployment does not differ from itself`() {
        let difference = changed { _ in }
        #expect(difference.isEmpty)
        #expect(kinds(difference) == [.unchanged, .unchanged, .unchanged])
    }

    @Test func `order and desired properties are no difference`() {
        #expect(changed { $0.modules.reverse() }.isEmpty)
        #expect(changed { $0.desired = [] }.isEmpty)
        #expect(changed { $0.notes = [] }.isEmpty)
    }

    @Test func `a downstream device that comes, goes or has another key is a difference`() {
        let key = Array("0123456789abcdef".utf8)
        var before = old
        before.device.children = [DownstreamDevice(id: "sensor-7", key: key)]
        func isDifferent(_ children: [DownstreamDevice]) -> Bool {
            var after = before
            after.device.children = children
            let difference = DeploymentDifference(from: before, to: after)
            #expect(difference.isEmpty != difference.childrenChanged)
            #expect(kinds(difference) == [.unchanged, .unchanged, .unchanged])
            return difference.childrenChanged
        }
        #expect(!isDifferent(before.device.children))
        #expect(isDifferent([]))
        #expect(isDifferent(before.device.children + [DownstreamDevice(id: "sensor-8", key: key)]))
        #expect(isDifferent([DownstreamDevice(id: "sensor-7", key: key + [1])]))
    }

    @Test func `status, policy, order and version leave an instance running`() {
        #expect(kinds(changed { $0.modules[0].status = .stopped }) == [.supervision, .unchanged, .unchanged])
        #expect(kinds(changed { $0.modules[1].restartPolicy = .never }) == [.unchanged, .supervision, .unchanged])
        #expect(kinds(changed { $0.modules[2].startupOrder = 7 }) == [.unchanged, .unchanged, .supervision])
        #expect(kinds(changed { $0.modules[0].version = "2" }) == [.supervision, .unchanged, .unchanged])
    }

    @Test func `image, digest, environment and settings restart it`() {
        #expect(kinds(changed { $0.modules[0].image = "x" }) == [.restart, .unchanged, .unchanged])
        #expect(kinds(changed { $0.modules[0].digest = [] }) == [.restart, .unchanged, .unchanged])
        #expect(kinds(changed { $0.modules[0].environment = [] }) == [.restart, .unchanged, .unchanged])
        #expect(kinds(changed { $0.modules[1].limits = ProcessLimits(files: 100) }) == [.unchanged, .restart, .unchanged])
        #expect(kinds(changed { $0.modules[0].kind = .library(isolation: .process) }) == [.restart, .unchanged, .unchanged])
        #expect(
            kinds(
                changed {
                    $0.modules[0].image = "x"; $0.modules[0].status = .stopped
                }) == [.restart, .unchanged, .unchanged])
    }

    @Test func `a module comes, another goes`() {
        let difference = changed { $0.modules[1].name = "other" }
        #expect(
            difference.modules == [
                ModuleChange(name: "thermometer", kind: .unchanged), ModuleChange(name: "other", kind: .added),
                ModuleChange(name: "pid", kind: .unchanged),
                ModuleChange(name: "insight", kind: .removed),
            ])
        #expect(!difference.isEmpty)
    }

    @Test func `routes and restart settings differ by themselves`() {
        #expect(changed { $0.routes.removeLast() }.routesChanged)
        #expect(changed { $0.timeToLiveSecs = 1 }.routesChanged)
        #expect(changed { $0.host.restart.maxRestarts = 1 }.restartSettingsChanged)
        for difference in [changed { $0.host.quarantine = false }, changed { $0.host.watchdog.warnAfterMs = 1 }] {
            #expect(difference.containmentChanged && !difference.isEmpty && difference.needsHostRestart.isEmpty)
        }
    }

    @Test func `the metrics port can move while a host runs`() {
        let difference = changed { $0.host.listen.metrics = nil }
        #expect(difference.metricsChanged && !difference.isEmpty && difference.needsHostRestart.isEmpty)
        #expect(!changed { $0.timeToLiveSecs = 1 }.metricsChanged)
    }

    @Test func `the MQTT port can move while a host runs`() {
        let moved = changed { $0.host.listen.mqtts = nil }
        #expect(moved.mqttsChanged && !moved.httpsChanged && !moved.isEmpty && moved.needsHostRestart.isEmpty)
    }

    @Test func `HTTPS and its policy can change while a host runs`() {
        let moved = changed { $0.host.listen.https = nil }
        #expect(moved.httpsChanged && !moved.policyChanged && !moved.isEmpty && moved.needsHostRestart.isEmpty)
        let opened = changed { $0.host.sharedAccessPolicy = SharedAccessPolicy(key: [UInt8](repeating: 1, count: 32)) }
        #expect(opened.policyChanged && !opened.httpsChanged && !opened.isEmpty && opened.needsHostRestart.isEmpty)
    }

    @Test func `what is fixed while a host runs is named`() {
        let difference = changed {
            $0.device.id = "x"
            $0.host.stateDirectory = "/x"
            $0.host.limits.whenFull = .block
            $0.host.imageSigning = ImageSigning(publicKey: .file("/k"), isRequired: true)
        }
        #expect(
            difference.needsHostRestart == ["device.id", "host.stateDirectory", "host.limits", "host.imageSigning"])
    }
}
