import JSON
import ModuleLinks

/// A direct method call that is under way, in its places at the `MethodDesk`.
final class PendingCall {
    enum Stage: Equatable {
        /// The module is not there; its caller waits for it.
        case waiting
        /// The module has it.
        case called
    }

    let module: Text
    /// Empty: an operator.
    let caller: Text
    /// Of the payload.
    let bytes: Int
    /// Milliseconds that the module has for the answer.
    let timeoutMs: UInt64
    /// What the module answers through. It holds this, until it is answered.
    var call: MethodCall?
    fileprivate(set) var stage: Stage
    /// Milliseconds of monotonic time at which this stage ends.
    fileprivate(set) var deadline: UInt64

    /// Its place in the heap of deadlines; negative: it is in none.
    var place = -1
    /// Among the calls of its module, in the order in which they came.
    fileprivate(set) var next: PendingCall?
    fileprivate unowned(unsafe) var previous: PendingCall?

    init(to module: Text, from caller: Text = "", stage: Stage, bytes: Int, timeoutMs: UInt64, deadline: UInt64) {
        self.module = module
        self.caller = caller
        self.stage = stage
        self.bytes = bytes
        self.timeoutMs = timeoutMs
        self.deadline = deadline
    }

    /// Its module has come.
    func begin(deadline: UInt64) {
        stage = .called
        self.deadline = deadline
    }

    /// The calls of one module.
    struct List {
        private(set) var first: PendingCall?
        private unowned(unsafe) var last: PendingCall?
        /// Of their payloads.
        private(set) var bytes = 0

        var isEmpty: Bool { first == nil }

        mutating func append(_ call: PendingCall) {
            call.previous = last
            if let last { last.next = call } else { first = call }
            last = call
            bytes += call.bytes
        }

        mutating func remove(_ call: PendingCall) {
            let (next, previous) = (call.next, call.previous)
            if let previous { previous.next = next } else { first = next }
            if let next { next.previous = previous } else { last = previous }
            call.next = nil
            call.previous = nil
            bytes -= call.bytes
        }
    }
}
