import Foundation
import TestSupport
import Testing

/// A device on which modules of every kind send to modules of every kind and to the cloud, by way of queues on disk, until it is killed.
final class KilledQueues {
    let couriers: Couriers
    /// From each kind to the next two, so that a message waits in several queues and a queue has several senders.
    private static let senders = Couriers.Kind.allCases.map { "s-\($0)" }

    init(_ program: MartletProgram) throws {
        couriers = try Couriers(program)
        let kinds = Couriers.Kind.allCases
        for (index, kind) in kinds.enumerated() {
            try couriers.add("s-\(kind)", kind, most: 300)
            try couriers.add("r-\(kind)", kind)
            for step in 1...2 { try couriers.route("s-\(kind)", to: "r-\(kinds[(index + step) % 4])") }
        }
        for sender in ["s-loop", "s-stdio"] { try couriers.route(sender, to: nil) }
    }

    private var host: Host { couriers.host }

    /// At some moment between the first message and the last.
    func killWhileSending() throws {
        try startAndWait()
        try couriers.kill()
    }

    /// Somewhere between its first instruction and the first messages.
    func killWhileStarting() throws {
        try host.launch()
        spin(upTo: 0.04)
        try couriers.kill()
    }

    /// In the middle of an orderly end, under load.
    func killWhileEnding() throws {
        try startAndWait()
        host.process?.signal(SIGTERM)
        spin(upTo: 0.005)
        try couriers.kill()
    }

    /// Nothing comes twice after this one.
    func endInOrder() throws {
        try startAndWait()
        #expect(try host.end() == .exit(0))
    }

    /// All that is on its way arrives; then the ledgers are compared with each other and with what waits for the cloud.
    func drainAndCompare() throws {
        try couriers.silence()
        try couriers.start()
        try couriers.drainAndCompare()
        #expect(try couriers.dropped() == 0)
        #expect(try host.end() == .exit(0))
        try couriers.compareUpstream("s-loop", "s-stdio")
        for name in Self.senders { #expect(couriers[name].refused.isEmpty, "\(name): \(couriers[name].refused.prefix(3))") }
    }

    /// Until one of the senders has sent some.
    private func startAndWait() throws {
        let ledger = couriers[Self.senders.randomElement() ?? ""]
        // A message is two lines of four bytes at least.
        let target = ledger.size + Int.random(in: 0...250) * 8
        try couriers.start()
        let deadline = Date(timeIntervalSinceNow: Transcript.patience)
        while ledger.size < target {
            guard Date() < deadline else { throw Late("nothing is acknowledged; the log:\n" + host.logLines.joined(separator: "\n")) }
        }
    }

    /// A moment that nobody chose.
    private func spin(upTo seconds: Double) {
        let end = ProcessInfo.processInfo.systemUptime + Double.random(in: 0...seconds)
        while ProcessInfo.processInfo.systemUptime < end {}
    }
}
