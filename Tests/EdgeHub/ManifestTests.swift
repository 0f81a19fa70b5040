import JSON
import ModuleLinks
import TestSupport
import Testing

@testable import EdgeHub

@Suite struct ManifestTests {
    private func apply(_ bench: HubBench, _ sections: [(module: Text, properties: JSONObject)]) throws -> [Text] {
        let refused: [(module: Text, error: HubError)] = try bench.wait { bench.hub.applyManifest(sections, done: $0) }
        return refused.map { "\($0.module): \($0.error.reason)" }
    }

    private func desired(_ bench: HubBench, _ module: Text) -> JSONObject? {
        var desired = bench.hub.twin(module)?["properties"]?["desired"]?.object
        desired?["$metadata"] = nil
        return desired
    }

    @Test func `a deployed module whose section is gone counts as one that says nothing`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["a", "b"])
        #expect(try apply(bench, [(module: "a", properties: ["x": 1]), (module: "b", properties: ["y": 1])]).isEmpty)
        _ = try bench.patch("a", ["mine": 1]).get()
        #expect(try apply(bench, [(module: "b", properties: ["y": 1])]).isEmpty)
        #expect(desired(bench, "a") == ["mine": 1, "$version": 4])
        #expect(desired(bench, "b") == ["y": 1, "$version": 2])
        // One that is not deployed any more keeps what the manifest said.
        bench.hub.retain(modules: ["a"])
        #expect(try apply(bench, []).isEmpty)
        #expect(desired(bench, "b") == ["y": 1, "$version": 2])
        bench.hub.retain(modules: ["a", "b"])
        #expect(try apply(bench, [(module: "b", properties: ["y": 2])]).isEmpty)
        #expect(desired(bench, "b") == ["y": 2, "$version": 3])
    }

    @Test func `manifests that follow each other at once come to what the last one says`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["m"])
        #expect(try apply(bench, [(module: "m", properties: ["a": 1])]).isEmpty)
        var ended = 0
        for value in [2, 1, 3, 1] as [JSON] {
            bench.hub.applyManifest([(module: "m", properties: ["a": value, "n": ["x": value, "y": nil]])]) {
                #expect($0.isEmpty); ended += 1
            }
        }
        bench.run { ended == 4 }
        #expect(desired(bench, "m")?["a"] == 1)
        #expect(desired(bench, "m")?["n"]?["x"] == 1)
        let version = desired(bench, "m")?["$version"]
        #expect(try apply(bench, [(module: "m", properties: ["a": 1, "n": ["x": 1, "y": nil]])]).isEmpty)
        #expect(desired(bench, "m")?["$version"] == version)
    }

    @Test func `what is refused or cannot be stored is tried again`() throws {
        let bench = try HubBench()
        let large = JSON.string(Text(String(repeating: "x", count: 4097)))
        let refused = try apply(bench, [(module: "a", properties: ["ok": 1]), (module: "m", properties: ["large": large])])
        #expect(refused == ["m: desired.large: a string of 4097 bytes; at most 4096 are allowed"])
        #expect(desired(bench, "a") == ["ok": 1, "$version": 2])
        #expect(try apply(bench, [(module: "a", properties: ["ok": 1]), (module: "m", properties: ["large": large])]).count == 1)
        bench.execute("CREATE TRIGGER fault BEFORE INSERT ON manifest_desired BEGIN SELECT RAISE(ABORT, 'fault'); END")
        #expect(try apply(bench, [(module: "m", properties: ["a": 1])]).count == 1)
        #expect(desired(bench, "m") == ["$version": 1])
        bench.execute("DROP TRIGGER fault")
        #expect(try apply(bench, [(module: "m", properties: ["a": 1])]).isEmpty)
        #expect(desired(bench, "m") == ["a": 1, "$version": 2])
    }

    @Test func `what the disk did not take of the manifest goes there once it takes something again`() throws {
        let bench = try HubBench()
        let module = NotingModule()
        _ = bench.attach("m", link: module)
        bench.hub.ensureTwin(nil)
        bench.flush()
        bench.execute("CREATE TRIGGER fault BEFORE INSERT ON manifest_desired BEGIN SELECT RAISE(ABORT, 'fault'); END")
        #expect(try apply(bench, [(module: "m", properties: ["a": 1])]).count == 1)
        #expect(desired(bench, "m") == ["$version": 1])
        bench.execute("DROP TRIGGER fault")
        _ = try bench.patch(nil, ["floor": 2]).get()
        bench.run { module.notices.count == 1 }
        #expect(module.notices.map(\.patch) == [["a": 1]])
        #expect(desired(bench, "m") == ["a": 1, "$version": 2])
        // That was all.
        _ = try bench.patch(nil, ["floor": 3]).get()
        bench.flush()
        #expect(module.notices.count == 1)
    }

    @Test func `what the disk did not take of a manifest never follows a newer one`() throws {
        let bench = try HubBench()
        bench.hub.ensureTwin("m")
        _ = try bench.patch("m", ["operator": 1]).get()
        bench.execute("CREATE TRIGGER fault BEFORE INSERT ON manifest_desired BEGIN SELECT RAISE(ABORT, 'fault'); END")
        var errors: [[HubError]] = []
        bench.hub.isCommitting = true
        bench.hub.applyManifest([(module: "m", properties: ["a": 1])]) { errors.append($0.map { $0.error }) }
        bench.run { bench.hub.slots["m"]?.manifest != nil }
        bench.hub.isCommitting = false
        bench.hub.commitStaged()
        // The first one is on its way to a disk that does not take it.
        bench.hub.applyManifest([(module: "m", properties: ["a": 2])]) { errors.append($0.map { $0.error }) }
        bench.execute("DROP TRIGGER fault")
        bench.run { errors.count == 2 }
        bench.flush()
        #expect(errors.map { $0.count } == [1, 0])
        #expect(desired(bench, "m") == ["operator": 1, "a": 2, "$version": 3])
        #expect(try apply(bench, [(module: "m", properties: ["a": 2])]).isEmpty)
        #expect(desired(bench, "m")?["$version"] == 3)
    }

    @Test func `a flush waits for the manifest`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["m"])
        bench.hub.applyManifest([(module: "m", properties: ["a": 1])]) { _ in }
        bench.flush()
        #expect(desired(bench, "m") == ["a": 1, "$version": 2])
    }

    @Test func `ten thousand modules take few turns of the loop`() throws {
        let bench = try HubBench()
        let modules = (0..<10_000).map { Text("m\($0)") }
        bench.hub.retain(modules: modules)
        let sections = modules.map { (module: $0, properties: ["of": .string($0)] as JSONObject) }
        var isDone = false
        bench.hub.applyManifest(sections) {
            #expect($0.isEmpty); isDone = true
        }
        var turns = 0
        while !isDone && turns < 200 {
            bench.loop.runOnce(wait: true)
            turns += 1
        }
        #expect(isDone, "after \(turns) turns")
        #expect(desired(bench, "m9999") == ["of": "m9999", "$version": 2])
        #expect(try apply(bench, sections).isEmpty)
        #expect(desired(bench, "m9999")?["$version"] == 2)
    }
}
