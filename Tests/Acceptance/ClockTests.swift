import Foundation
import TestSupport
import Testing

/// Boards without a battery for their clock begin in 1970, and their clock is set when the network is there.
struct ClockTests {
    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.desired["probe"] = ["limit": 5]
        manifest.routeUpstream("up", from: "probe")
        return try Host(program, manifest, images: [try Images.probe])
    }

    /// Changes both sections of the probe's twin. Returns their versions and times.
    private func change(_ host: Host, _ value: Int) throws -> [(version: Int, updated: Date)] {
        _ = try host.json("twin", "probe", "--desired", "{\"n\":\(value)}")
        #expect(try host.invoke("probe", "report", "{\"n\":\(value)}")["result"].int == 0)
        let properties = try host.json("twin", "probe")["properties"]
        return try ["desired", "reported"].map { name in
            let section = properties[name]
            #expect(section["n"].int == value)
            let text = try #require(section["$metadata"]["$lastUpdated"].string)
            let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            return (try #require(section["$version"].int), try format.parse(text))
        }
    }

    private func isNear(_ moment: Date, _ clock: WrongClock) -> Bool { abs(moment.timeIntervalSince(clock.now)) < 60 }

    @Test(arguments: MartletProgram.all)
    func `a clock that jumps changes what it says and nothing else: versions rise, timers run, messages stay`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        let clock = try WrongClock(host)
        try host.start("probe")
        var before = try change(host, 0)
        var sent = 0
        let moments = [
            Date(timeIntervalSince1970: 1_000_000_000), Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: 4_100_000_000),
            Date(timeIntervalSince1970: 86_400), Date(),
        ]
        for (index, moment) in moments.enumerated() {
            clock.set(moment)
            let after = try change(host, index + 1)
            for (old, new) in zip(before, after) {
                #expect(new.version == old.version + 1)
                #expect(isNear(new.updated, clock), "\(new.updated) while the clock says \(clock.now)")
            }
            before = after
            // What times out goes by the clock that only runs forward.
            let late = try host.martlet("invoke", "probe", "never", "--timeout", "1")
            #expect(late.code != 0)
            #expect(try host.invoke("probe", "send", "{\"n\":\(index)}")["result"].int == 0)
            sent += 1
            #expect(try host.upstreamLength() == sent)
        }
        #expect(try host.end() == .exit(0))
        #expect(!host.logLines.contains { $0.hasPrefix("<3> ") }, "\(host.logLines)")
    }

    @Test(arguments: MartletProgram.all) func `a device that starts in 1970 works, keeps its twins and goes on when the time is known`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let clock = try WrongClock(host)
        clock.set(Date(timeIntervalSince1970: 3))
        try host.start("probe")
        let first = try change(host, 1)
        #expect(first.allSatisfy { isNear($0.updated, clock) }, "\(first)")
        #expect(try host.invoke("probe", "send", "1")["result"].int == 0)
        clock.set(Date())
        let second = try change(host, 2)
        #expect(second.allSatisfy { isNear($0.updated, clock) })
        try host.end()
        // Off over night, and without a network in the morning.
        clock.set(Date(timeIntervalSince1970: 3))
        try host.start("probe")
        let third = try change(host, 3)
        #expect(third.allSatisfy { isNear($0.updated, clock) })
        #expect(zip(second, third).allSatisfy { $0.version < $1.version })
        #expect(try host.martlet("list").code == 0)
        #expect(try host.martlet("restart", "probe").code == 0)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a clock before 1970 or far ahead does no harm`(_ program: MartletProgram) throws {
        let host = try host(program)
        let clock = try WrongClock(host)
        for seconds in [-1, -4_000_000_000, 0xFFFF_FFFF, 0x3FF_FFFF_FFFF] {
            clock.set(Date(timeIntervalSince1970: TimeInterval(seconds)))
            try host.start("probe")
            let desired = try host.json("twin", "probe", "--desired", "{\"n\":\(seconds)}")["properties"]["desired"]
            #expect(desired["n"].int == seconds)
            #expect(desired["$metadata"]["$lastUpdated"].string?.hasSuffix("Z") == true)
            #expect(try host.invoke("probe", "count").int == 1)
            #expect(try host.end() == .exit(0))
        }
        clock.set(Date())
        try host.start("probe")
        #expect(try host.json("twin", "probe")["properties"]["desired"]["n"].int == 0x3FF_FFFF_FFFF)
        try host.end()
    }
}
