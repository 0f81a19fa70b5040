import Foundation
import TestSupport
import Testing

/// `kill -9` at random moments, beside a checker that knows every change that was acknowledged.
struct KillTests {
    @Test(arguments: MartletProgram.all)
    func `killed at any moment, again and again, the host has every acknowledged change, and nothing else`(_ program: MartletProgram) throws
    {
        // The ordinary build starts more slowly, and stores in the same way.
        let rounds = program.isEmbedded ? 200 : 40
        let device = try KilledDevice(program)
        for round in 1...rounds {
            switch round % 8 {
            case 3: try device.killWhileStarting()
            case 6: try device.killWhileEnding()
            default: try device.killWhileWriting()
            }
        }
        try device.endInOrder()
        // Had nothing been acknowledged, nothing would have been checked.
        #expect(device.writers.allSatisfy { $0.acknowledged > rounds }, "\(device.writers.map { $0.acknowledged })")
        #expect(device.identities.acknowledged > rounds)
        #expect(device.reports.acknowledged > rounds)
    }
}
