import JSON
import ModuleLinks
import ModuleTwins
import TestSupport
import Testing

@testable import EdgeHub

@Suite struct CloudTests {
    private func pending(_ bench: HubBench, _ module: Text? = "m") throws -> PendingReport {
        let report: Result<PendingReport, HubError> = try bench.wait { bench.hub.pendingReport(module, done: $0) }
        return try report.get()
    }

    private func report(_ bench: HubBench, _ port: any HubPort, _ patch: JSONObject) throws {
        let version: Result<UInt64, HubError> = try bench.wait { port.report(patch, done: $0) }
        _ = try version.get()
    }

    private func holds(_ bench: HubBench, _ reported: JSONObject, _ version: UInt64) throws -> HubError? {
        try bench.wait { bench.hub.cloudHolds("m", reported: reported, version: version, done: $0) }
    }

    private func took(_ bench: HubBench, _ patch: JSONObject, _ version: UInt64) throws -> HubError? {
        try bench.wait { bench.hub.cloudTook("m", patch, version: version, done: $0) }
    }

    private func refused(_ bench: HubBench, _ patch: JSONObject, _ version: UInt64, _ reason: Text = "no") throws -> HubError? {
        try bench.wait { bench.hub.cloudRefused("m", patch, version: version, reason: reason, done: $0) }
    }

    @Test func `before the cloud was read all is pending, and no patch counts as taken`() throws {
        let bench = try HubBench()
        let port = bench.attach("m", link: NotingModule())
        try report(bench, port, ["a": 1, "b": ["x": 1]])
        let all = try pending(bench)
        #expect(all == PendingReport(patch: ["a": 1, "b": ["x": 1]], version: 2, isCloudKnown: false, refused: []))
        #expect(try took(bench, all.patch, all.version)?.kind == .conflict)
        #expect(try refused(bench, all.patch, all.version)?.kind == .conflict)
        #expect(try holds(bench, ["b": ["x": 1, "old": 1], "$metadata": ["$lastUpdated": "t"], "$version": 9], 2) == nil)
        #expect(try pending(bench) == PendingReport(patch: ["a": 1, "b": ["old": nil]], version: 2, isCloudKnown: true, refused: []))
    }

    @Test func `an object in place of an object that was deleted leaves nothing of it in the cloud`() throws {
        // Patches merged with their nulls would say {"a":{"x":1}}, and y would stay for ever.
        let bench = try HubBench()
        let port = bench.attach("m", link: NotingModule())
        try report(bench, port, ["a": ["y": 1]])
        #expect(try holds(bench, ["a": ["y": 1]], 2) == nil)
        try report(bench, port, ["a": nil])
        try report(bench, port, ["a": ["x": 1]])
        let owed = try pending(bench)
        #expect(owed.patch == ["a": ["x": 1, "y": nil]])
        #expect(try took(bench, owed.patch, owed.version) == nil)
        #expect(try pending(bench).patch.isEmpty)
    }

    @Test func `what is damaged of the cloud is not known any more, and fails nothing else`() throws {
        let bench = try HubBench()
        let port = bench.attach("m", link: NotingModule())
        try report(bench, port, ["a": 1])
        #expect(try holds(bench, ["a": 1, "b": 1], 2) == nil)
        #expect(try refused(bench, ["c": 1], 2) == nil)
        bench.execute("UPDATE cloud_reported SET body = x'7b22'; UPDATE refused_reports SET patch = x'00'")
        #expect(try took(bench, ["b": nil], 2)?.kind == .conflict)
        let all = try pending(bench)
        #expect(all.patch == ["a": 1] && !all.isCloudKnown)
        #expect(all.refused.map(\.patch) == [[:]])
        #expect(try holds(bench, ["a": 1, "b": 1], 2) == nil)
        #expect(try pending(bench).patch == ["b": nil])
    }

    @Test func `a null that is stored inside a new subtree is nothing that is owed`() throws {
        let bench = try HubBench()
        let port = bench.attach("m", link: NotingModule())
        try report(bench, port, ["a": ["x": nil, "y": 1]])
        #expect(try holds(bench, ["a": 5], 1) == nil)
        let owed = try pending(bench)
        #expect(owed.patch == ["a": ["y": 1]])
        #expect(try took(bench, owed.patch, owed.version) == nil)
        #expect(try pending(bench).patch.isEmpty)
    }

    @Test func `what was reported while a patch was on its way stays pending`() throws {
        let bench = try HubBench()
        let port = bench.attach("m", link: NotingModule())
        #expect(try holds(bench, [:], 1) == nil)
        try report(bench, port, ["a": 1])
        let first = try pending(bench)
        try report(bench, port, ["a": 2, "b": 1])
        #expect(try took(bench, first.patch, first.version) == nil)
        #expect(try pending(bench).patch == ["a": 2, "b": 1])
    }

    @Test func `a patch that is refused is set aside, and what comes later is pending alone`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try HubBench(folder: folder)
            let port = bench.attach("m", link: NotingModule())
            #expect(try holds(bench, [:], 1) == nil)
            try report(bench, port, ["bad": "?", "n": 1])
            let owed = try pending(bench)
            #expect(try refused(bench, owed.patch, owed.version, "400: no") == nil)
            #expect(bench.lines.contains { $0.string.contains("refused reported properties of m, version 2: 400: no") })
            #expect(try pending(bench).patch.isEmpty)
            try report(bench, port, ["good": 1])
            #expect(try pending(bench).patch == ["good": 1])
        }
        let bench = try HubBench(folder: folder)
        let owed = try pending(bench)
        #expect(owed.patch == ["good": 1])
        #expect(owed.refused.map(\.reason) == ["400: no"])
        #expect(owed.refused.map(\.patch) == [["bad": "?", "n": 1]])
        #expect(owed.refused.map(\.version) == [2])
        #expect(owed.refused.allSatisfy { $0.atMs > 0 })
        // The cloud is read anew: what it refused stays so.
        #expect(try holds(bench, ["other": 1], 3) == nil)
        #expect(try pending(bench).patch == ["good": 1, "other": nil])
        // It is reported with another value: it is tried again.
        let port = bench.attach("m", link: NotingModule())
        try report(bench, port, ["bad": "!"])
        #expect(try pending(bench).patch == ["good": 1, "other": nil, "bad": "!"])
    }

    @Test func `what was refused and is reported again, changed or not, is tried again`() throws {
        let bench = try HubBench()
        let port = bench.attach("m", link: NotingModule())
        #expect(try holds(bench, ["n": ["y": 1]], 1) == nil)
        try report(bench, port, ["a": 1, "n": ["x": 1, "y": 1], "b": 2])
        let owed = try pending(bench)
        #expect(owed.patch == ["a": 1, "n": ["x": 1, "y": 1], "b": 2])
        #expect(try refused(bench, owed.patch, owed.version) == nil)
        try report(bench, port, ["n": ["x": 1]])
        let again = try pending(bench)
        #expect(again.patch == ["n": ["x": 1]])
        #expect(try took(bench, again.patch, again.version) == nil)
        #expect(try pending(bench).patch.isEmpty)
    }

    @Test func `after a refusal the patch leads from what the cloud really holds`() throws {
        let bench = try HubBench()
        let port = bench.attach("m", link: NotingModule())
        #expect(try holds(bench, ["a": ["y": 1]], 1) == nil)
        try report(bench, port, ["a": 1])
        #expect(try refused(bench, pending(bench).patch, 2) == nil)
        try report(bench, port, ["a": ["x": 1]])
        #expect(try pending(bench).patch == ["a": ["x": 1, "y": nil]])
        #expect(try took(bench, ["a": ["x": 1, "y": nil]], 3) == nil)
        #expect(try pending(bench).patch.isEmpty)
    }

    @Test func `the last eight refusals of an identity are kept`() throws {
        let bench = try HubBench()
        let port = bench.attach("m", link: NotingModule())
        #expect(try holds(bench, [:], 1) == nil)
        for number in 1...11 {
            try report(bench, port, ["a": .integer(Int64(number))])
            #expect(try refused(bench, pending(bench).patch, UInt64(number) + 1, "\(number)") == nil)
        }
        #expect(try pending(bench).refused.map(\.reason) == ["4", "5", "6", "7", "8", "9", "10", "11"])
    }

    @Test func `what cannot be is refused, and a full disk changes nothing`() throws {
        let bench = try HubBench()
        let port = bench.attach("m", link: NotingModule())
        try report(bench, port, ["a": 1])
        let future = try holds(bench, [:], 3)
        #expect(future == HubError(.invalid, "/devices/D/modules/m: version 3 of the reported properties; the newest is 2"))
        let large = JSONObject((0..<20).map { (Text("k\($0)"), JSON.string(Text(String(repeating: "x", count: 4000)))) })
        #expect(try holds(bench, large, 1)?.kind == .tooLarge)
        let nobody: HubError? = try bench.wait { bench.hub.cloudHolds("nobody", reported: [:], version: 1, done: $0) }
        #expect(nobody?.kind == .notFound)
        #expect(try holds(bench, [:], 1) == nil)
        bench.execute("CREATE TRIGGER fault BEFORE INSERT ON cloud_reported BEGIN SELECT RAISE(ABORT, 'fault'); END")
        #expect(try took(bench, ["a": 1], 2)?.kind == .storage)
        bench.execute("DROP TRIGGER fault")
        #expect(try pending(bench).patch == ["a": 1])
    }

    @Test func `an identity that is made anew knows nothing of the cloud`() throws {
        let bench = try HubBench()
        _ = bench.attach("m", link: NotingModule())
        #expect(try holds(bench, ["a": 1], 1) == nil)
        bench.hub.retain(modules: ["m"])
        let deleted: Result<Bool, HubError> = try bench.wait { bench.hub.deleteIdentity("m", done: $0) }
        #expect(try deleted.get())
        #expect(try pending(bench) == PendingReport(patch: [:], version: 1, isCloudKnown: false, refused: []))
    }
}
