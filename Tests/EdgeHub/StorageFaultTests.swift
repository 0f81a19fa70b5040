import Dispatch
import Foundation
import JSON
import Messages
import ModuleLinks
import SQLite
import TestSupport
import Testing
import UV

@testable import EdgeHub

@Suite struct StorageFaultTests {
    /// The file may not grow: SQLite says that the disk is full.
    private func fill(_ bench: HubBench) { bench.execute("PRAGMA max_page_count = 1") }
    private func free(_ bench: HubBench) { bench.execute("PRAGMA max_page_count = 1000000") }

    private let large = JSON.string(Text(String(repeating: "x", count: 4000)))

    @Test func `a full disk fails the update, which is undone, and the next one after it succeeds`() throws {
        let bench = try HubBench()
        let module = NotingModule()
        let port = bench.attach("m", link: module)
        _ = try bench.patch("m", ["kept": 1]).get()
        let before = bench.hub.twin("m")
        fill(bench)
        let patch: JSONObject = ["a": large, "b": large, "c": large]
        let error = #expect(throws: HubError.self) { try bench.patch("m", patch).get() }
        #expect(error?.kind == .storage)
        #expect(error?.reason.string.contains("martlet.db") == true)
        #expect(error?.reason.string.contains("free some space") == true)
        #expect(bench.hub.twin("m") == before)
        #expect(module.notices.count == 1)
        let report: Result<UInt64, HubError> = try bench.wait { port.report(patch, done: $0) }
        #expect(throws: HubError.self) { try report.get() }
        #expect(bench.lines.count == 1)
        free(bench)
        _ = try bench.patch("m", ["a": large]).get()
        #expect(bench.hub.twin("m")?["properties"]?["desired"]?["$version"] == 3)
        #expect(module.notices.map(\.version) == [2, 3])
        #expect(bench.lines.count == 2)
    }

    @Test(arguments: [true, false])
    func `a generation id that could not be stored is kept, and stored with the next batch or at the end`(isPatched: Bool) throws {
        let folder = TemporaryFolder()
        let generation: Text
        do {
            let bench = try HubBench(folder: folder)
            bench.hub.ensureTwin(nil)
            bench.flush()
            bench.execute("CREATE TRIGGER fault BEFORE INSERT ON twins BEGIN SELECT RAISE(ABORT, 'fault'); END")
            let error: HubError? = try bench.wait { bench.hub.ensureTwin("m", done: $0) }
            #expect(error?.kind == .storage)
            generation = bench.hub.generationID(of: "m")
            bench.execute("DROP TRIGGER fault")
            if isPatched {
                _ = try bench.patch(nil, ["a": 1]).get()
                // Nothing is left for the end.
                bench.execute("CREATE TRIGGER fault BEFORE INSERT ON twins BEGIN SELECT RAISE(ABORT, 'fault'); END")
            }
        }
        let bench = try HubBench(folder: folder)
        #expect(bench.hub.generationID(of: "m") == generation)
    }

    @Test func `updates that came after the failed one fail with it`() throws {
        let bench = try HubBench()
        _ = bench.attach("m", link: NotingModule())
        bench.flush()
        fill(bench)
        // Storage is held up until the second update has come.
        let gate = DispatchSemaphore(value: 0)
        bench.store.thread.run({ gate.wait() }, then: {})
        var results: [Result<JSONObject, HubError>] = []
        bench.startPatch("m", ["a": large, "b": large, "c": large]) { results.append($0) }
        bench.loop.runOnce(wait: false)
        #expect(bench.hub.isCommitting)
        bench.startPatch("m", ["small": 1]) { results.append($0) }
        gate.signal()
        bench.run { results.count == 2 }
        for result in results { #expect(throws: HubError.self) { try result.get() } }
        #expect(bench.hub.twin("m")?["properties"]?["desired"]?["$version"] == 1)
    }

    @Test func `a full disk fails the message, and those that wait behind it, and counts them`() throws {
        let bench = try HubBench()
        bench.route([(from: "a", to: "", input: "")])
        let port = bench.attach("a", link: NotingModule())
        let first: HubError? = try bench.wait { port.send(Message(1), done: $0) }
        #expect(first == nil)
        fill(bench)
        var errors: [HubError?] = []
        for number in 2...9 as ClosedRange<UInt8> { port.send(Message(number, bytes: 200_000)) { errors.append($0) } }
        bench.run { errors.count == 8 }
        #expect(errors.allSatisfy { $0?.kind == .storage })
        #expect(try bench.queue("$upstream").dropped.unstored == 8)
        #expect(try bench.queue("$upstream").length == 1)
        free(bench)
        let last: HubError? = try bench.wait { port.send(Message(10), done: $0) }
        #expect(last == nil)
        #expect(try bench.queue("$upstream").length == 2)
    }

    @Test func `each failing write in turn leaves the state as it was before or as it is after`() throws {
        // The limit is raised page by page, so that every statement of the batch is once the one that fails.
        let bench = try HubBench()
        bench.route([(from: "m", to: "", input: "")])
        let port = bench.attach("m", link: NotingModule())
        bench.flush()
        var (attempts, version, failures) = (0, 1, 0)
        for pages in 1...60 {
            bench.execute("PRAGMA max_page_count = \(pages)")
            attempts += 1
            let result = try bench.patch("m", ["a": large, "b": large, "n": .integer(Int64(attempts))])
            if case .success = result { version += 1 } else { failures += 1 }
            let sent: HubError? = try bench.wait { port.send(Message(1, bytes: 50_000), done: $0) }
            #expect(sent == nil || sent?.kind == .storage)
            failures += sent == nil ? 0 : 1
            let desired = bench.hub.twin("m")?["properties"]?["desired"]
            #expect(desired?["$version"] == .integer(Int64(version)))
        }
        #expect(version > 1)
        #expect(failures > 1)
        #expect(try bench.queue("$upstream").length > 0)
    }

    @Test func `a delivered message leaves the disk once there is room again`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["b"])
        bench.route([(from: "a", to: "b", input: "in")], persistence: .disk)
        let port = bench.attach("a", link: NotingModule())
        let sent: HubError? = try bench.wait { port.send(Message(1), done: $0) }
        #expect(sent == nil)
        bench.execute("PRAGMA query_only = 1")
        let receiver = NotingModule()
        _ = bench.attach("b", link: receiver)
        bench.run { receiver.bodies.count == 1 }
        bench.flush()
        #expect(try bench.queue("b/in").length == 1)
        bench.execute("PRAGMA query_only = 0")
        _ = try bench.patch("b", ["x": 1]).get()
        #expect(try bench.queue("b/in").length == 0)
        #expect(receiver.bodies.count == 1)
    }

    private func refusal(_ folder: TemporaryFolder) throws -> HubError? {
        let loop = try Loop()
        defer { loop.close() }
        return #expect(throws: HubError.self) { _ = try StateStore(directory: Text(folder.path("state")), loop: loop) }
    }

    @Test func `a damaged database is refused and left as it is`() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("state"), withIntermediateDirectories: false)
        let garbage = String(repeating: "this is no database\n", count: 500)
        let file = try folder.write(garbage, to: "state/martlet.db")
        let error = try refusal(folder)
        #expect(error?.kind == .storage)
        #expect(error?.reason.string.contains(file) == true)
        #expect(error?.reason.string.contains("--reset-state") == true)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == garbage)
    }

    @Test func `a damaged page is found when it is read`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try HubBench(folder: folder)
            _ = bench.attach("m", link: NotingModule())
            bench.flush()
        }
        let file = folder.path("state/martlet.db")
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: file)))
        for index in 4096..<bytes.count { bytes[index] = 0xA5 }
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        #expect(try refusal(folder)?.reason.string.contains("--reset-state") == true)
        #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: file))) == bytes)
    }

    @Test func `the database of another program is refused`() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("state"), withIntermediateDirectories: false)
        let other = try Database.open(folder.path("state/martlet.db"))
        try other.execute("CREATE TABLE theirs (x)")
        other.close()
        #expect(try refusal(folder)?.reason.string.contains("another application") == true)
    }

    @Test func `the database of a later version is refused`() throws {
        let folder = TemporaryFolder()
        do { _ = try HubBench(folder: folder) }
        let later = try Database.open(folder.path("state/martlet.db"))
        try later.execute("PRAGMA user_version = 5")
        later.close()
        #expect(try refusal(folder)?.reason.string.contains("its schema is version 5, this program knows up to 4") == true)
    }

    @Test func `a second hub on one state folder is refused`() throws {
        let bench = try HubBench()
        bench.hub.ensureTwin("m")
        bench.flush()
        #expect(try refusal(bench.folder)?.reason.string.contains("another process has it open") == true)
    }

    @Test func `a state folder that cannot be made is refused by name`() throws {
        let folder = TemporaryFolder()
        try folder.write("a file", to: "state")
        #expect(try refusal(folder)?.reason.string.contains(folder.path("state")) == true)
    }
}
