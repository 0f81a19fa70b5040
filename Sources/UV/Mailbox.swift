/// Through which other threads have something run on a loop's thread, in the order in which it came from each of them.
///
/// Open until `close`; from any thread it may still be asked afterwards, and then refuses.
public final class Mailbox: @unchecked Sendable {
    /// What became of something that was posted.
    public enum Outcome: Sendable {
        case taken
        /// Too much waits.
        case full
        /// The mailbox is finished, or it or its loop closed.
        case closed
    }

    private enum State {
        case open
        case finished
        case closed
    }

    private let queue: PostQueue
    private var waiting: [@Sendable () -> Void] = []
    private var state = State.open

    /// Does not keep `Loop.run` going.
    /// - Throws: EMFILE or ENFILE, for the first mailbox of a loop.
    public init(_ loop: Loop) throws(UVError) {
        queue = try loop.posts()
    }

    /// From any thread. Never calls `body` itself.
    /// - Parameters:
    ///   - limit: of what may wait in this mailbox, this included.
    ///   - isLastWord: taken between `finish` and `close` too.
    public func post(limit: Int, isLastWord: Bool = false, _ body: @escaping @Sendable () -> Void) -> Outcome {
        queue.lock.take()
        defer { queue.lock.give() }
        guard state == .open || isLastWord && state == .finished else { return .closed }
        guard waiting.count < limit else { return .full }
        if waiting.isEmpty && !queue.add(self) { return .closed }
        waiting.append(body)
        return .taken
    }

    /// On the loop's thread: what waits runs now, and nothing more is taken but last words.
    public func finish() {
        change(to: .finished)
    }

    /// On the loop's thread: what waits runs now, and nothing is taken any more. Idempotent.
    public func close() {
        change(to: .closed)
    }

    private func change(to state: State) {
        queue.lock.take()
        self.state = state
        queue.lock.give()
        runWaiting()
    }

    /// On the loop's thread.
    func runWaiting() {
        for body in takeWaiting() { body() }
    }

    func takeWaiting() -> [@Sendable () -> Void] {
        queue.lock.take()
        let bodies = waiting
        waiting = []
        queue.lock.give()
        return bodies
    }
}
