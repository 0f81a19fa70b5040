public import JSON
public import ModuleLinks
import UV

extension EdgeHub {
    /// Calls a direct method of a module.
    /// - Parameters:
    ///   - timeoutMs: 1 to 300000, for the answer. (IoT Hub: 5 to 300 s)
    ///   - connectTimeoutMs: 0 to 300000, for the module to come if it is not here.
    ///   - done: called once.
    public func invoke(
        module: Text, method: Text, payload: JSON, timeoutMs: UInt64, connectTimeoutMs: UInt64 = 0,
        done: @escaping (MethodOutcome) -> Void
    ) {
        let complaint = MethodRules.complaint(
            method: method, payload: payload, timeoutMs: timeoutMs, connectTimeoutMs: connectTimeoutMs)
        if let complaint { return later { done(.invalid(reason: complaint)) } }
        guard !desk.isFull else {
            return later { done(.invalid(reason: "\(HubLimits.methodCalls) calls are under way: no more are taken")) }
        }
        let link = consumers[module]?.link
        guard !isClosed, link != nil || connectTimeoutMs > 0 else {
            return later { done(.notFound(reason: EdgeHub.absent(module))) }
        }
        let id = desk.nextID
        let call = MethodCall(method: method, payload: payload) { [self] outcome in
            desk.remove(id)
            armMethodTimer()
            later { done(outcome) }
        }
        let wait = link == nil ? connectTimeoutMs : timeoutMs
        desk.add(
            call, to: module, stage: link == nil ? .waiting : .called, timeoutMs: timeoutMs, deadline: Loop.monotonicMs &+ wait)
        armMethodTimer()
        link?.invoke(call)
    }

    /// The module has come: the calls that waited for it.
    func beginCalls(_ consumer: Consumer) {
        let begun = desk.begin(consumer.module, now: Loop.monotonicMs)
        guard !begun.isEmpty else { return }
        armMethodTimer()
        // Not from inside `attach`: the instance does not have its port yet.
        later { for entry in begun where !entry.call.isAnswered { consumer.link?.invoke(entry.call) } }
    }

    /// The instance is gone.
    func abandonCalls(_ module: Text) {
        for entry in desk.abandon(module) {
            entry.call.end(.notFound(reason: "\(module) ended before it answered \(entry.call.method)"))
        }
    }

    /// The hub is about to end.
    func endCalls() {
        for entry in desk.abandonAll() { entry.call.end(.notFound(reason: "the host ends")) }
        methodTimer.stop()
    }

    /// One timer for the nearest deadline; none while nobody waits.
    private func armMethodTimer() {
        let deadline = desk.nextDeadline
        guard deadline != armedDeadline else { return }
        armedDeadline = deadline
        guard let deadline else { return methodTimer.stop() }
        let now = Loop.monotonicMs
        methodTimer.start(afterMs: deadline > now ? deadline - now : 0) { [self] in
            armedDeadline = nil
            for entry in desk.expire(Loop.monotonicMs) { expire(entry) }
            armMethodTimer()
        }
    }

    private func expire(_ entry: MethodDesk.Entry) {
        switch entry.stage {
        case .waiting: entry.call.end(.notFound(reason: EdgeHub.absent(entry.module)))
        case .called:
            entry.call.end(
                .timedOut(reason: "\(entry.module) did not answer \(entry.call.method) within \(entry.timeoutMs) ms"))
        }
    }

    private static func absent(_ module: Text) -> Text { "\(module) is not running: there is nobody to call" }
}
