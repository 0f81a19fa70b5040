import Foundation
import TestSupport
import Testing

/// Modules that take nothing, beside those that work.
struct BlockedConsumerTests {
    /// Its thread never comes back from the first message.
    private static let stuck = #"""
        #include "martlet.h"
        #include <unistd.h>
        static void *create(const martlet_host_api *h, martlet_instance *i) { (void)h; return i; }
        static void receive(void *self, const martlet_message *message) { (void)self; (void)message; for (;;) pause(); }
        static void destroy(void *self) { (void)self; }
        const martlet_module_api *martlet_module(const martlet_host_api *h) {
            static const martlet_module_api api = { 1, sizeof api, 0, create, 0, receive, 0, 0, destroy };
            (void)h;
            return &api;
        }

        """#

    /// Reads its first line and no other.
    private static let deaf = """
        #!/bin/sh
        read -r line
        echo '{"method":"ready"}'
        exec tail -f /dev/null

        """

    private static let limit = 1 << 20
    private static let modules = ["deaf", "thread", "process"]

    private func couriers(_ program: MartletProgram) throws -> Couriers {
        let limits = ["memoryQueueBytes": Self.limit, "diskQueueBytes": Self.limit]
        let couriers = try Couriers(program, host: ["limits": limits])
        try couriers.host.install(library: Self.stuck, as: "libstuck.so")
        try couriers.host.install(script: Self.deaf, as: "deaf")
        couriers.host.manifest.executable("deaf", "deaf")
        for isolation in ["thread", "process"] {
            couriers.host.manifest.library(isolation, "libstuck.so", ["settings": ["isolation": isolation]])
        }
        for kind in [Couriers.Kind.loop, .stdio] {
            try couriers.add("well-\(kind)", kind, most: 5000)
            try couriers.add("sink-\(kind)", kind)
            try couriers.route("well-\(kind)", to: "sink-\(kind)", ["persistence": "memory", "whenFull": "block"])
        }
        try couriers.add("stored", .loop, most: 2000)
        try couriers.route("stored", to: "sink-loop")
        return couriers
    }

    /// What the host holds is bounded, whatever was sent.
    private func expectBounded(_ host: Host) throws {
        let resident = try host.resources().residentKB
        #expect(resident < 50_000, "\(resident) KB")
    }

    @Test(arguments: MartletProgram.all) func `those that take nothing cost their bound, and the others work as ever`(
        _ program: MartletProgram
    ) throws {
        let couriers = try couriers(program)
        let host = couriers.host
        // Megabytes, of which nothing is taken.
        let most = program.isEmbedded ? 100_000 : 10_000
        try couriers.add("flood", .loop, most: most, window: 64, bytes: 1000)
        for name in Self.modules { try couriers.route("flood", to: name, ["persistence": "memory", "whenFull": "dropOldest"]) }
        try couriers.start()
        let flood = couriers["flood"]
        try host.waitUntil {
            try flood.read()
            return flood.acknowledged.count == most
        }
        for kind in [Couriers.Kind.loop, .stdio] { try couriers.waitForAll(5000, from: "well-\(kind)", to: "sink-\(kind)") }
        try couriers.waitForAll(2000, from: "stored", to: "sink-loop")
        try expectBounded(host)
        var waiting = 0
        for name in Self.modules {
            let rows = try couriers.queues(name + "/in")
            let (dropped, length) = (rows.first?["dropped"]["full"].int ?? 0, rows.first?["length"].int ?? 0)
            waiting += rows.first?["bytes"].int ?? 0
            // What was handed over, to its pipe, thread or process, is bounded too.
            #expect((0...1000).contains(most - dropped - length), "\(name): \(length) wait, \(dropped) are dropped")
        }
        #expect(waiting <= Self.limit)
        let asked = Date()
        #expect(try host.end() == .exit(0))
        #expect(Date().timeIntervalSince(asked) < 10)
    }

    @Test(arguments: MartletProgram.all) func `a sender that is to wait for them waits alone`(_ program: MartletProgram) throws {
        let couriers = try couriers(program)
        let host = couriers.host
        for name in Self.modules {
            try couriers.add("to-\(name)", .loop, most: 10_000, bytes: 1000)
            try couriers.route("to-\(name)", to: name, ["persistence": "memory", "whenFull": "block"])
        }
        try couriers.start()
        for kind in [Couriers.Kind.loop, .stdio] { try couriers.waitForAll(5000, from: "well-\(kind)", to: "sink-\(kind)") }
        try couriers.waitForAll(2000, from: "stored", to: "sink-loop")
        for name in Self.modules {
            let sender = couriers["to-\(name)"]
            try sender.read()
            #expect(sender.refused.isEmpty && sender.acknowledged.count < 5000, "\(name): \(sender.acknowledged.count)")
        }
        try expectBounded(host)
        // Once it is gone that did not read, nobody waits for it any more than the manifest says.
        let asked = Date()
        #expect(try host.end() == .exit(0))
        #expect(Date().timeIntervalSince(asked) < 10)
    }

    @Test(arguments: MartletProgram.all) func `a queue on disk for them is bounded, and its sender is told`(_ program: MartletProgram)
        throws
    {
        let couriers = try couriers(program)
        try couriers.add("flood", .stdio, most: 5000, bytes: 1000)
        for name in Self.modules { try couriers.route("flood", to: name) }
        try couriers.start()
        let flood = couriers["flood"]
        try couriers.host.waitUntil {
            try flood.read()
            return flood.acknowledged.count + flood.refused.count == 5000
        }
        for kind in [Couriers.Kind.loop, .stdio] { try couriers.waitForAll(5000, from: "well-\(kind)", to: "sink-\(kind)") }
        try couriers.waitForAll(2000, from: "stored", to: "sink-loop")
        #expect(flood.acknowledged.count > 200 && flood.refused.count > 2000)
        for name in Self.modules {
            let bytes = try couriers.queues(name + "/in").compactMap { $0["bytes"].int }.reduce(0, +)
            #expect(bytes <= Self.limit + 2000, "\(name): \(bytes)")
        }
        try expectBounded(couriers.host)
        #expect(try couriers.host.end() == .exit(0))
    }
}
