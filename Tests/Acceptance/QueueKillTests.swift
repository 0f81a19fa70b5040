import Foundation
import TestSupport
import Testing

/// `kill -9` at random moments, beside a checker that knows every message that was acknowledged.
struct QueueKillTests {
    @Test(arguments: MartletProgram.all)
    func `killed at any moment, again and again, the host delivers every acknowledged message, in order, and twice only after a kill`(
        _ program: MartletProgram
    ) throws {
        // The ordinary build starts more slowly, and stores in the same way.
        let rounds = program.isEmbedded ? 200 : 30
        let device = try KilledQueues(program)
        for round in 1...rounds {
            switch round % 10 {
            case 3: try device.killWhileStarting()
            case 6: try device.killWhileEnding()
            case 9: try device.endInOrder()
            default: try device.killWhileSending()
            }
        }
        try device.drainAndCompare()
        // Had nothing been acknowledged, nothing would have been checked.
        for (name, ledger) in device.couriers.ledgers {
            #expect(name.hasPrefix("r-") ? ledger.flows.count == 2 : ledger.acknowledged.count > rounds, "\(name)")
            #expect(ledger.flows.values.allSatisfy { $0.numbers.count > rounds }, "\(name)")
        }
    }
}
