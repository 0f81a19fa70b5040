import Foundation
import JSON
import ModuleIdentities
import TestSupport
import Testing
import UV

@testable import ModuleInstances

/// Keeps what sockets were opened and closed.
private final class Doors: WorkloadHost {
    final class Socket: WorkloadSocket {
        let doors: Doors
        init(_ doors: Doors) { self.doors = doors }
        func close() { doors.events.append("closed") }
    }

    var events: [String] = []
    var refusal: InstanceError?
    var processID: () -> Int32? = { nil }

    func open(
        path: String, module: Text, generationID: Text, processID: @escaping () -> Int32?
    ) throws(InstanceError) -> any WorkloadSocket {
        if let refusal { throw refusal }
        events.append("\(path) \(module) \(generationID) \(processID() == nil ? "before" : "after")")
        self.processID = processID
        return Socket(self)
    }
}

private final class Fixture {
    let loop: Loop
    let recorder = Recorder()
    let doors: Doors
    let instance: StdioInstance

    init(_ script: String, edge: Bool, doors: Doors = Doors()) throws {
        loop = try Loop()
        self.doors = doors
        let marker = UUID().uuidString
        let plan = ProcessPlan(
            file: "/bin/sh", arguments: ["sh", "-c", script], environment: ["PATH=/usr/bin:/bin", "MARTLET_INSTANCE=\(marker)"],
            marker: marker, workingDirectory: "/", speaksStdio: false)
        instance = StdioInstance(
            loop: loop, plan: plan, identity: ModuleIdentity(deviceID: "D", moduleID: "m"), connectsItself: edge,
            workload: WorkloadDoor(host: doors, path: "/run/m.sock", generationID: "7", isNeeded: edge), observer: recorder)
    }

    deinit { loop.close() }

    func start() throws { if instance.connectsItself { try instance.start() } else { try instance.start(port: recorder) } }
}

@Suite struct `The socket of an executable` {
    @Test(arguments: [true, false]) func `is open before its process starts, and until it is over`(edge: Bool) throws {
        let fixture = try Fixture("echo hello; exit 3", edge: edge)
        #expect(fixture.doors.events == [])
        try fixture.start()
        #expect(fixture.doors.events == ["/run/m.sock m 7 before"])
        #expect(fixture.doors.processID() == fixture.instance.processID)
        #expect(run(fixture.loop) { fixture.recorder.end != nil })
        #expect(fixture.recorder.end == .exited(code: 3))
        #expect(fixture.recorder.log == ["hello"], "its standard output is log")
        #expect(fixture.doors.events.last == "closed" && fixture.doors.processID() == nil)
    }

    @Test func `a program of protocol edge cannot be without it`() throws {
        let doors = Doors()
        doors.refusal = InstanceError("its path is too long", isLasting: true)
        let fixture = try Fixture("exit 0", edge: true, doors: doors)
        #expect(throws: InstanceError("its path is too long", isLasting: true)) { try fixture.start() }
        #expect(fixture.instance.processID == nil && fixture.recorder.end == nil)
    }

    @Test func `another program can`() throws {
        let doors = Doors()
        doors.refusal = InstanceError("its path is too long", isLasting: true)
        let fixture = try Fixture("exit 0", edge: false, doors: doors)
        try fixture.start()
        #expect(fixture.recorder.log == ["there is no workload socket: its path is too long"])
        #expect(run(fixture.loop) { fixture.recorder.end == .exited(code: 0) })
    }

    @Test func `an edge program is asked to end by its signal`() throws {
        let fixture = try Fixture("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done", edge: true)
        try fixture.start()
        #expect(fixture.recorder.isReady)
        #expect(run(fixture.loop) { fixture.recorder.log == ["ready"] })
        fixture.instance.stop()
        #expect(run(fixture.loop) { fixture.recorder.end == .exited(code: 0) })
        // The signal is for `sleep` too, and some shells say so.
        #expect(fixture.recorder.log.first == "ready" && fixture.recorder.log.last == "bye")
    }
}
