import Foundation
import TestSupport
import Testing

/// What waits for a module that does not run.
struct QueueTests {
    /// `probe` sends to `late`, which is stopped.
    private func host(_ program: MartletProgram, _ route: [String: Any], _ limits: [String: Any] = [:]) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.library("late", "libprobe.so", ["status": "stopped"])
        manifest.routes["in"] = route.merging(
            ["route": "FROM /messages/modules/probe/outputs/out INTO BrokeredEndpoint(\"/modules/late/inputs/in\")"]
        ) { $1 }
        manifest.host["limits"] = limits
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        return host
    }

    private func queue(_ host: Host) throws -> JSONValue {
        try #require(try host.json("queues", "--json").array.first { $0["endpoint"].string?.contains("late") == true })
    }

    private func wake(_ host: Host) throws -> SpawnedProgram {
        #expect(try host.martlet("start", "late").code == 0)
        return try host.follow("logs", "late", "-f")
    }

    @Test(arguments: MartletProgram.all) func `messages of a durable route wait on disk, over kill -9, and arrive in order`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program, ["persistence": "disk"])
        for n in 1...5 { #expect(try host.invoke("probe", "send", "{\"n\":\(n)}")["result"].int == 0) }
        try host.end(SIGKILL)
        try host.start("probe")
        #expect(try queue(host)["length"].int == 5)
        let log = try wake(host)
        try log.output.line(holding: "received in {\"n\":5}")
        #expect(log.output.lines.filter { $0.hasPrefix("received") } == (1...5).map { "received in {\"n\":\($0)}" })
        try host.waitUntil { try queue(host)["length"].int == 0 }
        // What was delivered does not come again.
        try host.end()
        try host.start("probe")
        #expect(try queue(host)["length"].int == 0)
    }

    @Test(arguments: MartletProgram.all) func `messages in memory wait until the module starts`(_ program: MartletProgram) throws {
        let host = try host(program, ["persistence": "memory"])
        for n in 1...3 { _ = try host.invoke("probe", "send", "\(n)") }
        let log = try wake(host)
        try log.output.line(holding: "received in 3")
        #expect(log.output.lines.filter { $0.hasPrefix("received") } == (1...3).map { "received in \($0)" })
    }

    @Test(arguments: MartletProgram.all) func `a full queue refuses the sender, where its rule is to refuse`(_ program: MartletProgram)
        throws
    {
        let host = try host(program, ["whenFull": "refuse"], ["memoryQueueBytes": 100_000])
        let body = "\"" + String(repeating: "x", count: 30_000) + "\""
        let answers = try (1...5).map { _ in try host.json("invoke", "probe", "send", body) }
        #expect(answers.map { $0["status"].int } == [200, 200, 200, 500, 500])
        // MARTLET_ERROR_FULL
        #expect(answers[4]["payload"]["result"].int == -3)
        #expect(try queue(host)["length"].int == 3)
    }

    @Test(arguments: MartletProgram.all) func `a full queue drops and counts, where its rule is to drop`(_ program: MartletProgram) throws {
        for (rule, kept) in [("dropOldest", ["3", "4", "5"]), ("dropNewest", ["1", "2", "3"])] {
            let host = try host(program, ["whenFull": rule], ["memoryQueueBytes": 100_000])
            for n in 1...5 {
                let body = "[\(n),\"" + String(repeating: "x", count: 30_000) + "\"]"
                #expect(try host.json("invoke", "probe", "send", body)["status"].int == 200)
            }
            let queue = try queue(host)
            #expect(queue["length"].int == 3)
            #expect(queue["dropped"].keys.compactMap { queue["dropped"][$0].int }.reduce(0, +) == 2)
            let log = try wake(host)
            let last = try #require(kept.last)
            try log.output.line(holding: "received in [\(last),")
            let received = log.output.lines.filter { $0.hasPrefix("received in [") }.map { String($0.dropFirst(13).prefix(1)) }
            #expect(received == kept)
        }
    }
}
