import Foundation
import TestSupport

/// Counts what writers on threads of their own were told, and how many of them still write.
final class Tally: @unchecked Sendable {
    private let condition = NSCondition()
    private var count = 0
    private var writers: Int

    init(writers: Int) {
        self.writers = writers
    }

    func add() { change { count += 1 } }
    func writerEnded() { change { writers -= 1 } }

    /// Waits until so many were counted, or nobody writes any more.
    func wait(for count: Int) throws { try wait { self.count >= count || writers == 0 } }
    func waitForWriters() throws { try wait { writers == 0 } }

    private func change(_ what: () -> Void) {
        condition.lock()
        what()
        condition.broadcast()
        condition.unlock()
    }

    private func wait(_ holds: () -> Bool) throws {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: Transcript.patience)
        while !holds() {
            guard condition.wait(until: deadline) else { throw Late("\(count) changes were acknowledged, \(writers) writers are left") }
        }
    }
}
