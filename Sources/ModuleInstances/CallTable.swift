import JSON
import ModuleLinks

/// The direct method calls that wait for a module's answer, by the number that stands for them.
///
/// A number is not used again before all others (2³¹ where pointers have 32 bits): a module that answers late or twice finds nothing.
struct CallTable {
    /// Calls that wait for one module at a time.
    static let limit = 10_000

    private var waiting: [Int: MethodCall] = [:]
    /// The number given last.
    var last = 0
    private var nextSweep = 64
    /// Hears of the numbers of calls that nobody waits for any longer, some time after they timed out.
    var forgot: ((Int) -> Void)?

    /// nil: too many wait; the call was answered with an error.
    mutating func insert(_ call: MethodCall) -> Int? {
        if waiting.count >= nextSweep { forgetTimedOut() }
        guard waiting.count < Self.limit else {
            call.end(.busy(reason: "\(Self.limit) calls wait for this module's answers; that is the limit"))
            return nil
        }
        repeat { last = last == .max ? 1 : last + 1 } while waiting[last] != nil
        waiting[last] = call
        return last
    }

    /// nil: no call of that number waits.
    mutating func remove(_ number: Int) -> MethodCall? {
        guard let call = waiting.removeValue(forKey: number), !call.isAnswered else { return nil }
        return call
    }

    /// The module is gone.
    mutating func endAll() {
        let ended = waiting
        waiting = [:]
        for (_, call) in ended { call.end(.notFound(reason: "the module ended before it answered")) }
    }

    private mutating func forgetTimedOut() {
        if let forgot {
            for (number, call) in waiting where call.isAnswered { forgot(number) }
        }
        waiting = waiting.filter { !$0.value.isAnswered }
        nextSweep = max(64, waiting.count * 2)
    }
}
