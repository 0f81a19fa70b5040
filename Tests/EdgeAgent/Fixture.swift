import Deployment
import Files
import Foundation
import JSON
import ModuleImages
import ModuleInstances
import ModuleLinks
import TestSupport
import Testing
import UV

@testable import EdgeAgent

/// An agent with real instances: shell scripts as executables, and compiled libraries.
final class Fixture {
    let folder = TemporaryFolder()
    let loop: Loop
    let hub = RecordingHub()
    let agent: EdgeAgent
    let memory: ModuleMemory
    /// For supervisors that no agent has.
    let context: AgentContext
    private(set) var deployment: Deployment

    init(_ restart: RestartSettings = RestartSettings(coolOffSeconds: 0, maxRestarts: 2)) throws {
        loop = try Loop()
        try FileManager.default.createDirectory(atPath: folder.path("modules"), withIntermediateDirectories: true)
        // In place of the program, `/bin/sh launch PARENT FILE NAME`. No file that was just written is executed: another test may be
        // forking while it is still open.
        try folder.write("exec sh \"$3\"\n", to: "modules/launch")
        let place = HostPlace(
            program: "/bin/sh", modulesDirectory: folder.path("modules"), stateDirectory: folder.path("state"),
            runtimeDirectory: folder.path("run"), hubHostName: "h", gatewayHostName: "g")
        let images = try ImageStore(loop, folder: folder.path("state/images"), host: nil)
        deployment = Deployment(
            device: DeviceSettings(id: "D"),
            host: HostSettings(modulesDirectory: "modules", stateDirectory: "state", runtimeDirectory: "run", restart: restart))
        tick = UV.Timer(loop)
        let lines = Lines()
        let launcher = InstanceLauncher(loop: loop, place: place)
        let log: (Int32, Text) -> Void = { lines.all.append($1) }
        memory = ModuleMemory(path: folder.path("state/modules.json"), log: log)
        agent = EdgeAgent(
            loop: loop, deviceID: "D", hub: hub, launcher: launcher, images: images, memory: memory, settings: restart, log: log)
        context = AgentContext(
            loop: loop, deviceID: "D", hub: hub, launcher: launcher, images: images, memory: memory, settings: restart, log: log)
        self.lines = lines
    }

    private final class Lines {
        var all: [Text] = []
    }

    private let lines: Lines
    private let tick: UV.Timer

    deinit { loop.close() }

    var logged: [Text] { lines.all }

    /// Applies the deployment with these modules and no others.
    func apply(_ modules: [ModuleSpecification]) {
        var next = deployment
        next.modules = modules
        let difference = DeploymentDifference(from: deployment, to: next)
        deployment = next
        agent.apply(difference, next)
        prepared()
    }

    /// Waits until no image is being prepared.
    func prepared() {
        _ = until { !agent.reports().contains { $0.description == "preparing its image" } }
    }

    /// What the agent is told when a file has changed. Returns once it has looked at files that are quiet.
    func imagesChanged() {
        agent.imagesChanged()
        pass(ms: 2 * ImageStore.quietMs + 100)
        prepared()
    }

    /// Runs the loop for so long.
    func pass(ms: UInt64) {
        var isOver = false
        tick.start(afterMs: ms) { isOver = true }
        _ = until { isOver }
    }

    /// Writes a script into the modules folder.
    func script(_ text: String, as name: String = "script") throws {
        let path = try folder.write("#!/bin/sh\n" + text, to: "modules/" + name)
        // A child that another test forks meanwhile has it open until it executes its program.
        let deadline = Loop.monotonicMs + 10_000
        while try OpenFile(path, .read).hasWriter, Loop.monotonicMs < deadline {}
    }

    /// Those of the agent, in the order in which they came.
    var supervisors: [Supervisor] { agent.supervisors }

    func until(_ condition: () -> Bool) -> Bool { run(loop, until: condition) }

    func status(_ name: Text = "m") -> RuntimeStatus? { agent.report(name)?.status }

    func description(_ name: Text = "m") -> Text { agent.report(name)?.description ?? "" }

    /// Whether the instance of this module says that it is ready.
    func isUp(_ name: Text = "m") -> Bool { description(name).hasPrefix("running for") }

    func untilUp(_ name: Text = "m") -> Bool { until { isUp(name) } }
}

/// A script as a module.
func module(
    _ name: Text = "m", image: Text = "script", policy: RestartPolicy = .always, order: UInt32 = .max, status: DesiredStatus = .running,
    speaks: ExecutableProtocol = .stdio
) -> ModuleSpecification {
    ModuleSpecification(
        name: name, status: status, restartPolicy: policy, startupOrder: order, image: image,
        kind: .executable(args: [], protocol: speaks))
}

/// A script that says it is ready and ends when it is told to.
let obedient = "echo '{\"method\":\"ready\"}'; while read line; do case $line in *'\"stop\"'*) exit 0;; esac; done"
/// One that can only be killed.
let deaf = "trap '' TERM; echo '{\"method\":\"ready\"}'; while :; do sleep 1000; done"
