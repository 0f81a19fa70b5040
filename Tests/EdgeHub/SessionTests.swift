import JSON
import ModuleLinks
import TestSupport
import Testing

@testable import EdgeHub

@Suite struct SessionTests {
    private func store(_ bench: HubBench, _ session: [UInt8]?, of client: Text) throws -> HubError? {
        try bench.wait { bench.hub.store(session: session, of: client, done: $0) }
    }

    @Test func `a session is there after a restart, until it is taken away`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try HubBench(folder: folder)
            bench.hub.ensureTwin("m")
            #expect(bench.hub.session(of: "m") == nil)
            #expect(try store(bench, [1, 2, 3], of: "m") == nil)
            #expect(bench.hub.session(of: "m") == [1, 2, 3])
        }
        do {
            let bench = try HubBench(folder: folder)
            #expect(bench.hub.session(of: "m") == [1, 2, 3])
            #expect(try store(bench, [4], of: "m") == nil)
        }
        do {
            let bench = try HubBench(folder: folder)
            #expect(bench.hub.session(of: "m") == [4])
            #expect(try store(bench, nil, of: "m") == nil)
            #expect(bench.hub.session(of: "m") == nil)
        }
        #expect(try HubBench(folder: folder).hub.session(of: "m") == nil)
    }

    @Test func `a session goes with its identity`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try HubBench(folder: folder)
            bench.hub.retain(modules: ["m"])
            bench.hub.ensureTwin("m")
            #expect(try store(bench, [1], of: "m") == nil)
            let deleted: Result<Bool, HubError> = try bench.wait { bench.hub.deleteIdentity("m", done: $0) }
            #expect(try deleted.get())
            #expect(bench.hub.identityRecord("m") != nil)
            #expect(bench.hub.session(of: "m") == nil)
        }
        #expect(try HubBench(folder: folder).hub.session(of: "m") == nil)
    }

    @Test func `a session changes nothing of the twin`() throws {
        let bench = try HubBench()
        _ = bench.attach("m", link: NotingModule())
        bench.flush()
        let before = bench.hub.twin("m")
        #expect(try store(bench, [1], of: "m") == nil)
        #expect(bench.hub.twin("m")?["version"] == before?["version"])
        #expect(bench.hub.identityRecord("m")?.revision == 1)
    }

    @Test func `a session of nobody and one that is too large are refused`() throws {
        let bench = try HubBench()
        #expect(try store(bench, [1], of: "nobody")?.kind == .notFound)
        bench.hub.ensureTwin("m")
        let largest = [UInt8](repeating: 1, count: ClientHubLimits.sessionBytes)
        #expect(try store(bench, largest, of: "m") == nil)
        let error = try store(bench, largest + [1], of: "m")
        #expect(error?.kind == .tooLarge)
        #expect(error?.reason.string.contains("4097") == true)
        #expect(bench.hub.session(of: "m") == largest)
    }

    @Test func `the same session again is not written, and is stored when it says so`() throws {
        let bench = try HubBench()
        bench.hub.ensureTwin("m")
        var order: [Int] = []
        bench.hub.store(session: [1], of: "m") { _ in order.append(1) }
        // It is on its way: this one waits for it.
        bench.hub.store(session: [1], of: "m") { _ in order.append(2) }
        #expect(bench.hub.session(of: "m") == [1])
        bench.run { order.count == 2 }
        #expect(order == [1, 2])
        bench.execute("DROP TABLE sessions")
        #expect(try store(bench, [1], of: "m") == nil)
        // The disk takes no other: what was there counts.
        #expect(try store(bench, [2], of: "m")?.kind == .storage)
        #expect(bench.hub.session(of: "m") == [1])
    }
}
