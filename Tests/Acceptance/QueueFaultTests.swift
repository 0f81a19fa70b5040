import Foundation
import TestSupport
import Testing

/// Messages on a disk that is full, and on one whose 1st, 2nd, 3rd … write or fsync fails.
struct QueueFaultTests {
    @Test(.enabled(if: SmallDisk.isPossible, SmallDisk.need), arguments: MartletProgram.all)
    func `on a full disk messages are refused clearly, none that was acknowledged is lost, and all goes on when there is room`(
        _ program: MartletProgram
    ) throws {
        let couriers = try Couriers(program)
        let host = couriers.host
        let disk = try SmallDisk(host.folder.path("state"), megabytes: 4)
        defer { disk.unmount() }
        let ballast = disk.path + "/ballast"
        try Data(count: 2_000_000).write(to: URL(fileURLWithPath: ballast))
        for (name, kind) in [("loop", Couriers.Kind.loop), ("stdio", .stdio)] {
            try couriers.add(name, kind, window: 8, bytes: 3000)
            try couriers.route(name, to: nil)
        }
        try couriers.add("well", .loop)
        try couriers.add("sink", .loop)
        try couriers.route("well", to: "sink", ["persistence": "memory", "whenFull": "block"])
        // There is room for the images still.
        try couriers.start()
        try host.end()
        for name in ["loop", "stdio"] { try couriers.send(name, most: 100_000) }
        try couriers.send("well", most: 2000)
        try couriers.start()
        defer { _ = try? host.end() }

        let loop = couriers["loop"]
        func waitForRefusals() throws {
            let before = loop.refused.count
            try host.waitUntil {
                try loop.read()
                return loop.refused.count > before + 5
            }
        }
        try waitForRefusals()
        let line = try host.log { $0.hasPrefix("<3> ") && $0.contains("hub: ") }
        #expect(line.text.contains(disk.path) && line.text.contains("full"), "\(line.text)")
        #expect(loop.refused.last?.reason.isEmpty == false)
        // What goes by way of memory is not concerned.
        try couriers.waitForAll(2000, from: "well", to: "sink")

        // Killed and started on the full disk, it has what it acknowledged.
        try couriers.kill()
        try couriers.compareUpstream("loop", "stdio")
        try couriers.start()
        try waitForRefusals()
        let acknowledged = loop.acknowledged.count
        try FileManager.default.removeItem(atPath: ballast)
        try host.waitUntil {
            for name in ["loop", "stdio"] { try couriers[name].read() }
            return loop.acknowledged.count > acknowledged + 50 && couriers["stdio"].acknowledged.count > 50
        }
        try couriers.kill()
        try couriers.compareUpstream("loop", "stdio")
        #expect(acknowledged > 100)
    }

    @Test(arguments: MartletProgram.all, DiskFaultTests.Fault.all.filter { $0.call == .write || $0.call == .sync })
    func `while writes fail that store messages or remove them, none that was acknowledged is lost`(
        _ program: MartletProgram, _ fault: DiskFaultTests.Fault
    ) throws {
        let couriers = try Couriers(program)
        let most = program.isEmbedded ? 1000 : 400
        for (kind, next) in zip([Couriers.Kind.loop, .stdio], [Couriers.Kind.process, .loop]) {
            try couriers.add("s-\(kind)", kind, most: most)
            try couriers.add("r-\(next)", next)
            try couriers.route("s-\(kind)", to: "r-\(next)")
        }
        try couriers.route("s-loop", to: nil)
        let disk = try FaultyDisk(couriers.host)
        let sender = couriers["s-loop"]
        var rounds = 0
        // A batch of messages is some ten writes and one fsync.
        let (last, step) = fault.call == .write ? (160, 7) : (7, 1)
        for number in stride(from: 1, to: last, by: step * (program.isEmbedded ? 1 : 3)) {
            let before = sender.acknowledged.count + sender.refused.count
            func hasSentAll() throws -> Bool {
                try sender.read()
                return sender.acknowledged.count + sender.refused.count == before + most
            }
            try couriers.start()
            disk.fail(fault.call, number, fault.error, lasting: fault.isLasting)
            try couriers.host.waitUntil { try disk.hasFailed || hasSentAll() }
            if disk.disarm() { rounds += 1 }
            // It goes on.
            try couriers.host.waitUntil(hasSentAll)
            try couriers.kill()
        }
        #expect(rounds > (program.isEmbedded ? 2 : 0))
        // What was written and not flushed may be there in the end, though its sender was told otherwise.
        couriers.mayHoldRefused = fault.call == .sync
        try couriers.silence()
        try couriers.start()
        try couriers.drainAndCompare()
        #expect(try couriers.host.end() == .exit(0))
        try couriers.compareUpstream("s-loop")
        #expect(sender.acknowledged.count > most)
    }
}
