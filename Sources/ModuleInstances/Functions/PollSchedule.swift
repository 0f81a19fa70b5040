import Deployment
import JSON
import UV

/// The polls of a `functions` module: each calls its function again and again, and each result becomes the body of a message.
/// On the loop's thread.
///
/// A call that takes longer than its period delays the next; none are made up for.
public final class PollSchedule {
    private let timers: [Timer]
    private let polls: [PollSpecification]
    private let table: FunctionTable
    private let emit: (_ output: Text, _ body: JSON) -> Void

    /// - Parameter emit: gets the output and `{"value": result}`. It is kept until this object is gone; it may stop the schedule.
    /// - Throws: the first poll whose function is not there or does not take its arguments. Later no call can fail.
    public init(
        _ loop: Loop, polls: [PollSpecification], table: FunctionTable, emit: @escaping (_ output: Text, _ body: JSON) -> Void
    ) throws(FunctionError) {
        for (index, poll) in polls.enumerated() {
            do throws(FunctionError) {
                try table.check(poll.function, payload: .array(poll.arguments))
            } catch {
                throw FunctionError(error.kind, "polls[\(index)]: \(error.reason)")
            }
        }
        self.timers = polls.map { _ in Timer(loop) }
        self.polls = polls
        self.table = table
        self.emit = emit
    }

    /// Calls each function in the next turn of the loop and then in its period. Started again, it begins anew.
    public func start() {
        for (timer, poll) in zip(timers, polls) {
            let every = UInt64(max(poll.everyMs, 1))
            let (table, emit) = (self.table, self.emit)
            timer.start(afterMs: 0, everyMs: every) {
                guard case .success(let value) = table.call(poll.function, payload: .array(poll.arguments)) else { return }
                emit(poll.output, ["value": value])
            }
        }
    }

    /// No function is called any more.
    public func stop() {
        for timer in timers { timer.stop() }
    }
}
