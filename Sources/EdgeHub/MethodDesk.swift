import JSON
import ModuleLinks

/// The direct method calls that are under way. A value: it knows what is due, a driver has the clock. What a call costs here does not grow
/// with their number but as its logarithm.
struct MethodDesk {
    private var deadlines = DeadlineHeap()
    private var lists: [Text: PendingCall.List] = [:]
    /// Of all payloads.
    private(set) var bytes = 0

    var isEmpty: Bool { deadlines.isEmpty }
    var count: Int { deadlines.count }

    /// nil: nothing is due ever.
    var nextDeadline: UInt64? { deadlines.first?.deadline }

    /// Why one more call is not taken; nil: it is.
    /// - Parameter shown: the name of the module or device, for people.
    func refusal(to module: Text, bytes: Int, shown: (Text) -> Text = { $0 }) -> Text? {
        if count >= HubLimits.methodCalls { return "\(HubLimits.methodCalls) calls are under way: no more are taken for now" }
        if self.bytes + bytes > HubLimits.methodBytes {
            return "calls with \(self.bytes) bytes are under way, at most \(HubLimits.methodBytes) are allowed: try again later"
        }
        let waiting = lists[module]?.bytes ?? 0
        if waiting + bytes > HubLimits.methodTargetBytes {
            return
                "\(shown(module)) has calls with \(waiting) bytes to answer, at most \(HubLimits.methodTargetBytes) are allowed: try again later"
        }
        return nil
    }

    mutating func add(_ call: PendingCall) {
        deadlines.insert(call)
        lists[call.module, default: PendingCall.List()].append(call)
        bytes += call.bytes
    }

    /// It was answered, or given up. Nothing happens where it is no longer here.
    mutating func remove(_ call: PendingCall) {
        guard call.place >= 0 else { return }
        deadlines.remove(call)
        bytes -= call.bytes
        lists[call.module]?.remove(call)
        if lists[call.module]?.isEmpty == true { lists[call.module] = nil }
    }

    /// The next whose time is over, which is then no longer here.
    mutating func expire(_ now: UInt64) -> PendingCall? {
        guard let call = deadlines.first, call.deadline <= now else { return nil }
        remove(call)
        return call
    }

    /// The module has come: those that waited for it are called now, in the order in which they came.
    mutating func begin(_ module: Text, now: UInt64) -> [PendingCall] {
        let begun = calls(of: module, .waiting)
        for call in begun {
            call.begin(deadline: now &+ call.timeoutMs)
            deadlines.moved(call)
        }
        return begun
    }

    /// The instance is gone: nobody will answer what it was called with.
    mutating func abandon(_ module: Text) -> [PendingCall] {
        let abandoned = calls(of: module, .called)
        for call in abandoned { remove(call) }
        return abandoned
    }

    /// Any one of them, at the end, which is then no longer here.
    mutating func abandonAny() -> PendingCall? {
        guard let call = deadlines.first else { return nil }
        remove(call)
        return call
    }

    private func calls(of module: Text, _ stage: PendingCall.Stage) -> [PendingCall] {
        var found: [PendingCall] = []
        var next = lists[module]?.first
        while let call = next {
            if call.stage == stage { found.append(call) }
            next = call.next
        }
        return found
    }
}
