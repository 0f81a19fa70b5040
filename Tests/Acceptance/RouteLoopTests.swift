import Foundation
import TestSupport
import Testing

/// Modules that are routed to themselves, and send on whatever they get.
struct RouteLoopTests {
    @Test(arguments: MartletProgram.all, ["loop", "thread", "process"])
    func `a message that goes round and round, and becomes more each time, leaves the others their turn, and the host ends in time`(
        _ program: MartletProgram, _ isolation: String
    ) throws {
        let couriers = try Couriers(program, host: ["limits": ["memoryQueueBytes": 1 << 20, "diskQueueBytes": 1 << 20]])
        let host = couriers.host
        try host.install(try Images.probe)
        host.manifest.library("round", "libprobe.so", ["settings": ["isolation": isolation]])
        // Two for each that comes, by way of memory; one by way of the disk.
        for (input, persistence) in [("a", "memory"), ("b", "memory"), ("c", "disk")] {
            host.manifest.routes[input] = [
                "route": "FROM /messages/modules/round/outputs/out INTO BrokeredEndpoint(\"/modules/round/inputs/\(input)\")",
                "persistence": persistence,
            ]
        }
        let most = program.isEmbedded ? 1000 : 300
        try couriers.add("sender", .loop, most: most)
        try couriers.add("sink", .process)
        try couriers.route("sender", to: "sink")
        try host.launch()
        try host.log(holding: "agent: round running")
        #expect(try host.martlet("send", "round/a", #"{"goes":"round"}"#).code == 0)
        try host.waitUntil { try couriers.queues("round/b").contains { $0["dropped"]["full"].int ?? 0 > 100 } }
        // It goes on, and so do they.
        let sender = couriers["sender"]
        try host.waitUntil {
            try sender.read()
            return sender.acknowledged.count == most
        }
        try couriers.drainAndCompare()
        #expect(try host.invoke("round", "echo", "1").int == 1)
        let resident = try host.resources().residentKB
        #expect(resident < 60_000, "\(resident) KB")
        let asked = Date()
        #expect(try host.end() == .exit(0))
        #expect(Date().timeIntervalSince(asked) < 10)
    }
}
