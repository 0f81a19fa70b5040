import Foundation
import JSON
import ModuleIdentities
import ModuleLinks
import SQLite
import TestSupport
import Testing

@testable import EdgeHub

@Suite struct MigrationTests {
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Golden")

    /// A state folder as a program of an older schema left it.
    static func folder(_ schema: Int = 1) throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("state"), withIntermediateDirectories: false)
        let database = try Database.open(folder.path("state/martlet.db"))
        try database.execute("PRAGMA journal_mode=WAL")
        try database.execute(String(contentsOf: golden.appendingPathComponent("state-\(schema).sql"), encoding: .utf8))
        return folder
    }

    private func bench(_ folder: TemporaryFolder, device: Text = "Hannover01", time: FakeTime? = nil) throws -> HubBench {
        try HubBench(folder: folder, deviceID: device, time: time)
    }

    @Test func `identities and twins of schema 1 are there, with generations, versions, times and etags`() throws {
        let folder = try Self.folder()
        for _ in 1...2 {
            let bench = try bench(folder)
            let records = bench.hub.identityRecords()
            #expect(records.map { $0.identity.moduleID } == [nil, "empty_section", "idle", "sender"])
            #expect(
                records.map(\.generation) == [
                    172_817_799_631_027_995, 495_615_411_191_043_827, 556_066_222_444_541_917, 563_830_115_725_588_683,
                ])
            #expect(records.map(\.managedBy) == ["", "IotEdge", "IotEdge", "IotEdge"])
            #expect(records.allSatisfy { $0.authentication == .sas && $0.primary == nil && $0.secondary == nil && $0.revision == 1 })

            let sender = try #require(bench.hub.twin("sender"))
            #expect(sender["version"] == 6)
            #expect(sender["tags"] == ["floor": 2, "ort": "Köln"])
            var desired = try #require(sender["properties"]?["desired"]?.object)
            #expect(desired["$metadata"]?["$lastUpdated"] == "2026-11-23T15:19:27.490Z")
            desired["$metadata"] = nil
            #expect(
                desired == [
                    "limit": 9, "control": ["gain": 2, "ünit": "°C"], "gone": ["x": 1], "operator": "was here", "$version": 3,
                ])
            var reported = try #require(sender["properties"]?["reported"]?.object)
            #expect(reported["$metadata"]?["$lastUpdated"] == "2026-11-23T15:19:19.043Z")
            reported["$metadata"] = nil
            #expect(
                reported == [
                    "state": "läuft", "nested": ["é": 1, "e\u{301}": 2], "n": -4_503_599_627_370_496, "pi": 3.141592653589793,
                    "list": [1, "zwei", ["drei": 3]], "😀": true, "text": "a\u{0}b\"\\\u{1f}", "$version": 3,
                ])
            let idle = try #require(bench.hub.twin("idle"))
            #expect(idle["version"] == 9_007_199_254_740_993)
            #expect(idle["properties"]?["desired"]?["$version"] == 4_294_967_297)
            #expect(bench.hub.twin(nil)?["properties"]?["desired"]?["place"] == "cellar")
        }
    }

    @Test func `queues of schema 1 are there, with counts and messages`() throws {
        let bench = try bench(Self.folder(), time: FakeTime(wallMs: 1_795_447_160_000))
        #expect(try bench.queue("$upstream").length == 4)
        let idle = try bench.queue("idle/in")
        #expect((idle.length, idle.bytes, idle.oldestMs) == (4, 216, 958))
        #expect((idle.dropped.full, idle.dropped.expired, idle.dropped.unstored) == (11, 12, 13))
        bench.hub.retain(modules: ["idle"])
        let module = NotingModule()
        _ = bench.attach("idle", link: module)
        bench.run { module.bodies.count == 4 }
        bench.flush()
        #expect(try bench.queue("idle/in").length == 0)
        #expect(try bench.queue("$upstream").length == 4)
    }

    @Test func `messages of schema 2 are there, in order, and grow old as before`() throws {
        let folder = try Self.folder(2)
        let before: Int64 = 1_795_465_547_087
        do {
            let bench = try bench(folder, time: FakeTime(wallMs: before))
            let idle = try bench.queue("idle/in")
            #expect((idle.length, idle.bytes, idle.priority) == (4, 216, 3))
            #expect((idle.dropped.full, idle.dropped.expired, idle.dropped.unstored) == (11, 12, 13))
        }
        // An hour after its time each is gone, but those that have none.
        let time = FakeTime(wallMs: before + 3_600_000)
        let bench = try bench(folder, time: time)
        bench.hub.retain(modules: ["idle"])
        let module = NotingModule()
        _ = bench.attach("idle", link: module)
        bench.run { module.bodies.count == 1 }
        time.advance(1000) { bench.flush() }
        #expect(module.bodies == [Array(#"{"n":3,"wort":"Grüße"}"#.utf8)])
        #expect(module.deliveries.first?.enqueuedMs == 1_795_458_347_088)
        #expect(module.deliveries.first?.message.module == "sender")
        #expect(try bench.queue("idle/in").dropped.expired == 12 + 3)
        let upstream = try bench.queue("$upstream")
        #expect((upstream.length, upstream.dropped.expired) == (1, 3))
        #expect(bench.hub.twin("sender")?["properties"]?["desired"]?["limit"] == 5)
    }

    @Test func `a message of schema 2 that came before the clock was right has its time from the last that came after`() throws {
        let folder = try Self.folder(2)
        let database = try StateDatabase(path: folder.path("state/martlet.db"))
        defer { database.close() }
        let snapshot = try database.load()
        #expect(snapshot.mark == TickClock.Mark(ticks: 1_795_458_347_088, wallMs: 1_795_458_347_088))
        let messages = try database.read(queue: 2, after: 0).get()
        #expect(messages.map(\.sequence) == [1, 3, 5, 6])
        let expires: [Int64] = [1_795_465_547_082, 1_795_465_547_088, 1_795_465_547_088, 0]
        #expect(messages.map(\.expires) == expires)
        let enqueued: [Int64] = [1_795_458_347_082, 25_000, 1_795_458_347_088, 1_795_458_347_088]
        #expect(messages.map(\.enqueuedMs) == enqueued)
    }

    @Test func `identities of schema 3 are there with their keys, and may have sessions`() throws {
        let folder = try Self.folder(3)
        for round in 1...2 {
            let bench = try bench(folder)
            let records = bench.hub.identityRecords()
            #expect(records.map { $0.identity.moduleID } == [nil, "closed", "gauge", "idle", "sender"])
            #expect(records.map(\.revision) == [1, 2, 2, 1, 1])
            #expect(records[1].authentication == .none && records[2].managedBy == "me")
            #expect(records[2].primary == Array("0123456789abcdef".utf8))
            #expect(bench.hub.twin("gauge")?["properties"]?["desired"]?["range"] == [0, 9])
            #expect(bench.hub.twin("sender")?["properties"]?["desired"]?["limit"] == 5)
            #expect(try bench.queue("idle/in").length == 1)
            #expect(bench.hub.session(of: "gauge") == (round == 1 ? nil : [7]))
            let error: HubError? = try bench.wait { bench.hub.store(session: [7], of: "gauge", done: $0) }
            #expect(error == nil)
        }
    }

    @Test func `what the manifest said last in schema 1 counts as that`() throws {
        let bench = try bench(Self.folder())
        #expect(try bench.manifest("sender", ["limit": 5, "control": ["gain": 1.5, "ünit": "°C"], "gone": ["x": 1]]) == nil)
        #expect(bench.hub.twin("sender")?["version"] == 6)
        #expect(try bench.manifest("sender", ["limit": 6, "control": ["gain": 1.5, "ünit": "°C"], "gone": [:]]) == nil)
        var desired = try #require(bench.hub.twin("sender")?["properties"]?["desired"]?.object)
        desired["$metadata"] = nil
        #expect(desired == ["limit": 6, "control": ["gain": 2, "ünit": "°C"], "gone": [:], "operator": "was here", "$version": 4])
    }

    @Test func `the twins of another device stay in the file`() throws {
        let folder = try Self.folder()
        do { _ = try bench(folder) }
        let bench = try bench(folder, device: "Elsewhere")
        let desired = try #require(bench.hub.twin("idle")?["properties"]?["desired"])
        #expect(desired["of"] == "another device")
        #expect(desired["$version"] == 3)
        #expect(desired["$metadata"]?["$lastUpdated"] == "1970-01-01T00:00:00.007Z")
        #expect(bench.hub.twin(nil) == nil)
    }

    @Test func `a schema 1 with a twin that is no JSON is refused and left as it is`() throws {
        let folder = try Self.folder()
        do {
            let database = try Database.open(folder.path("state/martlet.db"))
            try database.execute("UPDATE twins SET tags = '{' WHERE module = 'sender'")
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("state/martlet.db")))
        let error = #expect(throws: HubError.self) { _ = try bench(folder) }
        #expect(error?.reason.string.contains("the twin of Hannover01/sender is no JSON object") == true)
        #expect(error?.reason.string.contains("--reset-state") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("state/martlet.db"))) == before)
    }
}
