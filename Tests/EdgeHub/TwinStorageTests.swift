import Foundation
import JSON
import Messages
import ModuleLinks
import TestSupport
import Testing

@testable import EdgeHub

@Suite struct TwinStorageTests {
    @Test func `a twin is there again after a restart, with its generation and versions`() throws {
        let folder = TemporaryFolder()
        let generation: UInt64
        let view: JSONObject?
        do {
            let bench = try HubBench(folder: folder)
            let port = bench.attach("m", link: NotingModule())
            generation = bench.hub.ensureTwin("m").generation
            _ = try bench.patch("m", ["threshold": 25, "text": "é\u{0}\"", "n": 1.5]).get()
            _ = try (bench.wait { port.report(["state": "ok"], done: $0) } as Result<UInt64, HubError>).get()
            _ = try bench.patchTags("m", ["floor": 2]).get()
            bench.hub.ensureTwin(nil)
            _ = try bench.patch(nil, ["device": true]).get()
            bench.hub.detach(port)
            view = bench.hub.twin("m")
        }
        let bench = try HubBench(folder: folder)
        var again = try #require(bench.hub.twin("m"))
        #expect(again["lastActivityTime"] == "0001-01-01T00:00:00")
        again["lastActivityTime"] = view?["lastActivityTime"]
        #expect(again == view)
        #expect(bench.hub.ensureTwin("m").generation == generation)
        #expect(bench.hub.generationID(of: "m") == "\(generation)")
        #expect(bench.hub.twin(nil)?["properties"]?["desired"]?["device"] == true)
    }

    @Test func `the database and the files beside it are for the owner only, wherever the folder is`() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("state"), withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        let bench = try HubBench(folder: folder)
        bench.hub.ensureTwin(nil)
        bench.flush()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("state"))
        #expect(Set(names).isSuperset(of: ["martlet.db", "martlet.db-wal"]))
        for name in names {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("state/" + name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func `two identities have two generations`() throws {
        let bench = try HubBench()
        #expect(bench.hub.ensureTwin("a").generation != bench.hub.ensureTwin("b").generation)
    }

    @Test func `what was acknowledged survives a kill at that moment`() throws {
        let bench = try HubBench()
        let port = bench.attach("m", link: NotingModule())
        bench.route([(from: "m", to: "", input: "")])
        for round in 1...5 as ClosedRange<UInt8> {
            let version: Result<UInt64, HubError> = try bench.wait { port.report(["round": .integer(Int64(round))], done: $0) }
            #expect(try version.get() == UInt64(round) + 1)
            let sent: HubError? = try bench.wait { port.send(Message(round), done: $0) }
            #expect(sent == nil)
            // What a kill leaves is the files as they are now, read by another process.
            let copy = TemporaryFolder()
            try FileManager.default.copyItem(atPath: bench.folder.path("state"), toPath: copy.path("state"))
            let revived = try HubBench(folder: copy)
            #expect(revived.hub.twin("m")?["properties"]?["reported"]?["round"] == .integer(Int64(round)))
            #expect(try revived.queue("$upstream").length == Int(round))
        }
    }

    @Test func `the module hears of desired properties after the commit, in order`() throws {
        let bench = try HubBench()
        let module = NotingModule()
        let port = bench.attach("m", link: module)
        bench.startPatch("m", ["a": 1, "b": 1])
        bench.startPatch("m", ["a": nil])
        #expect(port.twin() == ["desired": ["$version": 1], "reported": ["$version": 1]])
        bench.run { module.notices.count == 2 }
        #expect(module.notices.map(\.version) == [2, 3])
        #expect(module.notices.map(\.patch) == [["a": 1, "b": 1], ["a": nil]])
        #expect(port.twin()["desired"] == ["b": 1, "$version": 3])
    }

    @Test func `a refused update changes nothing and says why`() throws {
        let bench = try HubBench()
        bench.hub.ensureTwin("m")
        bench.flush()
        let before = bench.hub.twin("m")
        #expect(
            throws: HubError(
                .invalid, "desired.\"a b\": a key with the character U+0020; keys hold no control characters, no white space, none of . $ #"
            )
        ) {
            try bench.patch("m", ["a b": 1]).get()
        }
        let conflict = #expect(throws: HubError.self) { try bench.patch("m", ["a": 1], ifMatch: "AAAAAAAAAAk=").get() }
        #expect(conflict?.kind == .conflict)
        let absent = #expect(throws: HubError.self) { try bench.patch("nobody", ["a": 1]).get() }
        #expect(absent?.kind == .notFound)
        #expect(bench.hub.twin("m") == before)
        #expect(bench.hub.twin("nobody") == nil)
    }

    @Test func `the manifest counts where it differs from what it said before, also after a restart`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try HubBench(folder: folder)
            #expect(try bench.manifest("m", ["a": 1, "b": 1, "n": ["x": 1, "y": 1]]) == nil)
            _ = try bench.patch("m", ["a": 9, "mine": true]).get()
        }
        let bench = try HubBench(folder: folder)
        let module = NotingModule()
        _ = bench.attach("m", link: module)
        #expect(try bench.manifest("m", ["a": 1, "b": 1, "n": ["x": 1, "y": 1]]) == nil)
        #expect(bench.hub.twin("m")?["properties"]?["desired"]?["$version"] == 3)
        #expect(try bench.manifest("m", ["a": 1, "b": 2, "n": ["y": 1]]) == nil)
        #expect(module.notices.map(\.patch) == [["b": 2, "n": ["x": nil]]])
        let desired = bench.hub.twin("m")?["properties"]?["desired"]?.object
        #expect(desired?["a"] == 9)
        #expect(desired?["mine"] == true)
        #expect(desired?["b"] == 2)
        #expect(desired?["n"] == ["y": 1])
    }

    @Test func `a flood of reports is stored in few batches and ends at the last`() throws {
        let bench = try HubBench()
        let port = bench.attach("m", link: NotingModule())
        for round in 1...5000 { port.report(["round": .integer(Int64(round))], done: nil) }
        bench.flush()
        #expect(port.twin()["reported"] == ["round": 5000, "$version": 5001])
    }

    @Test func `desired properties and tags change in one step, or neither does`() throws {
        let bench = try HubBench()
        let module = NotingModule()
        _ = bench.attach("m", link: module)
        bench.flush()
        let etag = bench.hub.twin("m")?["etag"]?.string
        let both: Result<JSONObject, HubError> = try bench.wait {
            bench.hub.changeTwin("m", desired: ["a": 1, "b": 2], tags: ["floor": 2], ifMatch: etag, done: $0)
        }
        #expect(try both.get()["tags"] == ["floor": 2])
        let before = bench.hub.twin("m")
        let bad: Result<JSONObject, HubError> = try bench.wait {
            bench.hub.changeTwin("m", desired: ["a.b": 1], tags: ["floor": 3], done: $0)
        }
        #expect(throws: HubError.self) { try bad.get() }
        #expect(bench.hub.twin("m") == before)
        let replaced: Result<JSONObject, HubError> = try bench.wait {
            bench.hub.changeTwin("m", desired: ["b": 3], tags: ["room": 7], replaces: true, done: $0)
        }
        #expect(try replaced.get()["tags"] == ["room": 7])
        #expect(module.notices.map(\.patch) == [["a": 1, "b": 2], ["b": 3, "a": nil]])
    }
}
