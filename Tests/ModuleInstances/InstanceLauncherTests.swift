import Deployment
import Foundation
import JSON
import ModuleIdentities
import ModuleImages
import TestSupport
import Testing
import UV

@testable import ModuleInstances

/// A launcher whose children are shells that read `modules/launch`.
private final class Fixture {
    let folder = TemporaryFolder()
    let loop: Loop
    let launcher: InstanceLauncher
    let images: ImageStore

    init(launch: String) throws {
        loop = try Loop()
        try FileManager.default.createDirectory(atPath: folder.path("modules"), withIntermediateDirectories: true)
        try folder.write(launch, to: "modules/launch")
        try folder.write("#!/bin/sh\n", to: "modules/script")
        let place = HostPlace(
            program: "/bin/sh", modulesDirectory: folder.path("modules"), stateDirectory: folder.path("state"),
            runtimeDirectory: folder.path("run"), hubHostName: "h", gatewayHostName: "g")
        launcher = InstanceLauncher(loop: loop, place: place)
        images = try ImageStore(loop, folder: folder.path("images"), host: nil)
    }

    func started(_ environment: [EnvironmentVariable] = []) throws -> (instance: any ModuleInstance, recorder: Recorder) {
        let recorder = Recorder()
        let module = ModuleSpecification(
            name: "m", image: "script", environment: environment, kind: .executable(args: [], protocol: .stdio))
        let copy = try images.prepared(launcher.order(module), loop)
        let instance = try launcher.make(
            module, copy: copy, identity: ModuleIdentity(deviceID: "D", moduleID: "m"), generationID: "1", observer: recorder)
        try instance.start(port: recorder)
        return (instance, recorder)
    }

    deinit { loop.close() }
}

@Test func `the end of an instance does not reach those whose number begins with its own`() throws {
    let fixture = try Fixture(launch: "read start; read stop")
    let instances = try (1...10).map { _ in try fixture.started() }
    instances[0].instance.stop()
    #expect(run(fixture.loop) { instances[0].recorder.end != nil })
    settle(fixture.loop)
    for (_, recorder) in instances.dropFirst() { #expect(recorder.end == nil) }
}

@Test func `the manifest's variables win, but the marker is the host's`() throws {
    let fixture = try Fixture(launch: "env >&2")
    let (_, recorder) = try fixture.started([
        EnvironmentVariable(name: "IOTEDGE_DEVICEID", value: "other"), EnvironmentVariable(name: "MARTLET_INSTANCE", value: "mine"),
    ])
    #expect(run(fixture.loop) { recorder.end != nil })
    #expect(recorder.log.filter { $0.hasPrefix("IOTEDGE_DEVICEID=") } == ["IOTEDGE_DEVICEID=other"])
    #expect(
        recorder.log.filter { $0.hasPrefix("MARTLET_INSTANCE=") }.map {
            $0.hasPrefix("MARTLET_INSTANCE=\(fixture.folder.path("state")):m:")
        } == [true])
}
