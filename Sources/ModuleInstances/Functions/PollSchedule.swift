import Deployment
import FFI
public import JSON
public import UV

/// The polls of a `functions` module: each calls its function again and again, and each result becomes the body of a message.
/// On the loop's thread.
///
/// A call that takes longer than its period delays the next; none are made up for.
public final class PollSchedule {
    private let timers: [Timer]
    private let polls: [LibraryBinding.Poll]
    private let table: FunctionTable
    private let emit: (_ output: Text, _ body: JSON) -> Void
    private let fail: (_ reason: Text) -> Void

    /// Both closures are kept until this object is gone, and may stop the schedule.
    ///
    /// - Parameter emit: gets the output and `{"value": result}`, with `outputs` where the function has some.
    /// - Parameter fail: gets why a call gave nothing; of one poll not the same reason twice in a row.
    public init(
        _ loop: Loop, table: FunctionTable, emit: @escaping (_ output: Text, _ body: JSON) -> Void,
        fail: @escaping (_ reason: Text) -> Void
    ) {
        self.polls = table.binding.polls
        self.timers = polls.map { _ in Timer(loop) }
        self.table = table
        self.emit = emit
        self.fail = fail
    }

    /// Calls each function in the next turn of the loop and then in its period. Started again, it begins anew.
    public func start() {
        for (index, timer) in timers.enumerated() {
            let poll = polls[index]
            let (table, emit, fail) = (self.table, self.emit, self.fail)
            let payload = JSON.array(poll.arguments)
            var last: Text?
            timer.start(afterMs: 0, everyMs: UInt64(max(poll.everyMs, 1))) {
                switch table.call(poll.function, payload: payload) {
                case .success(let result):
                    last = nil
                    emit(poll.output, result.body)
                case .failure(let error) where last == error.reason: break
                case .failure(let error):
                    last = error.reason
                    fail("polls[\(index)]: \(error.reason)")
                }
            }
        }
    }

    /// No function is called any more.
    public func stop() {
        for timer in timers { timer.stop() }
    }
}
