import Foundation
import TestSupport
import Testing

/// How long messages wait, by a clock that nobody sets: that of the wall jumps, and the time for which the host was off counts.
struct ExpiryTests {
    private static let queues = ["late/short", "late/stored", "late/long", "late/kept", "$upstream"]

    /// `probe` sends to `late`, which is stopped, and to the cloud: for a second or for an hour, by way of memory or the disk.
    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.library("late", "libprobe.so", ["status": "stopped"])
        let routes = [("short", 1, "memory"), ("stored", 1, "disk"), ("long", 3600, "memory"), ("kept", 3600, "disk")]
        for (input, seconds, persistence) in routes {
            manifest.routes[input] = [
                "route": "FROM /messages/modules/probe/outputs/out INTO BrokeredEndpoint(\"/modules/late/inputs/\(input)\")",
                "timeToLiveSecs": seconds, "persistence": persistence,
            ]
        }
        manifest.routes["up"] = ["route": "FROM /messages/modules/probe/outputs/out INTO $upstream", "timeToLiveSecs": 3600]
        return try Host(program, manifest, images: [try Images.probe])
    }

    private func send(_ host: Host) throws { #expect(try host.invoke("probe", "send", "1")["result"].int == 0) }

    /// Messages that wait, and that have waited too long, in the order of `queues`.
    private func counts(_ host: Host) throws -> (waiting: [Int], expired: [Int]) {
        let rows = try host.json("queues", "--json").array
        let found = Self.queues.map { name in rows.first { $0["endpoint"].string == name } }
        return (found.map { $0?["length"].int ?? 0 }, found.map { $0?["dropped"]["ttl_expiry"].int ?? 0 })
    }

    @Test(arguments: MartletProgram.all) func `messages wait as long as their routes say, however the clock jumps`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let clock = try WrongClock(host)
        try host.start("probe")
        let days = [400.0, -1, 0].map { Date(timeIntervalSinceNow: $0 * 86_400) }
        let moments = [Date(timeIntervalSince1970: 0)] + days
        for (index, moment) in moments.enumerated() {
            try send(host)
            clock.set(moment)
            let sent = index + 1
            // Nobody takes or sends anything meanwhile: room is made all the same.
            try host.waitUntil { try counts(host).expired == [sent, sent, 0, 0, 0] }
            #expect(try counts(host).waiting == [0, 0, sent, sent, sent])
        }
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `the time for which the host was off counts`(_ program: MartletProgram) throws {
        let host = try host(program)
        let clock = try WrongClock(host)
        try host.start("probe")
        try send(host)
        try host.end(SIGKILL)
        clock.set(Date(timeIntervalSinceNow: 600))
        try host.start("probe")
        try host.waitUntil { try counts(host).expired[1] == 1 }
        #expect(try counts(host).waiting == [0, 0, 0, 1, 1], "ten minutes later")
        try host.end()
        clock.set(Date(timeIntervalSinceNow: 7200))
        try host.start("probe")
        try host.waitUntil { try counts(host).waiting == [0, 0, 0, 0, 0] }
        #expect(try counts(host).expired.suffix(2) == [1, 1], "two hours later")
        try host.end()
    }

    @Test(arguments: MartletProgram.all) func `as long as the clock is wrong the time off does not count, and then it does`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let clock = try WrongClock(host)
        try host.start("probe")
        try send(host)
        try host.end()
        for moment in [Date(timeIntervalSince1970: 3), Date(timeIntervalSinceNow: -86_400)] {
            clock.set(moment)
            try host.start("probe")
            #expect(try counts(host).waiting.suffix(2) == [1, 1])
            try host.end()
        }
        clock.set(Date(timeIntervalSince1970: 3))
        try host.start("probe")
        try send(host)
        #expect(try counts(host).waiting.suffix(2) == [2, 2])
        clock.set(Date(timeIntervalSinceNow: 7200))
        // The one from before; the other has not waited for an hour.
        try host.waitUntil { try counts(host).waiting.suffix(2) == [1, 1] }
        try host.end()
    }
}
