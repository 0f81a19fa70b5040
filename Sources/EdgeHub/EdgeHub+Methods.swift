public import JSON
import ModuleIdentities
public import ModuleLinks

extension EdgeHub {
    /// Calls a direct method of a module or a device.
    /// - Parameters:
    ///   - module: a `ClientName`.
    ///   - timeoutMs: 1 to 300000, for the answer. (IoT Hub: 5 to 300 s)
    ///   - connectTimeoutMs: 0 to 300000, for the module to come if it is not here.
    ///   - caller: the module that calls; empty: an operator.
    ///   - done: called once.
    public func invoke(
        module: Text, method: Text, payload: JSON, timeoutMs: UInt64, connectTimeoutMs: UInt64 = 0, from caller: Text = "",
        done: @escaping (MethodOutcome) -> Void
    ) {
        let bytes = MethodRules.size(of: payload)
        let complaint = MethodRules.complaint(method: method, bytes: bytes, timeoutMs: timeoutMs, connectTimeoutMs: connectTimeoutMs)
        if let complaint { return later { done(.invalid(reason: complaint)) } }
        let (server, consumer) = (methodServers[module], consumers[module])
        let link = consumer.flatMap { $0.takesMethods ? $0.link : nil }
        let isHere = server != nil || link != nil
        guard !isClosed, isHere || connectTimeoutMs > 0 else {
            return later { [self] in done(.notFound(reason: absent(module))) }
        }
        if let refusal = desk.refusal(to: module, bytes: bytes, shown: shown) { return later { done(.busy(reason: refusal)) } }
        let pending = PendingCall(
            to: module, from: caller, stage: isHere ? .called : .waiting, bytes: bytes, timeoutMs: timeoutMs,
            deadline: time.nowMs &+ (isHere ? timeoutMs : connectTimeoutMs))
        let call = MethodCall(method: method, payload: payload) { [self] outcome in
            desk.remove(pending)
            pending.call = nil
            armMethodAlarm()
            let checked = MethodRules.checked(outcome, of: shown(module), method: method)
            later { done(checked) }
        }
        pending.call = call
        desk.add(pending)
        armMethodAlarm()
        guard isHere else { return }
        methodTally.count(from: caller, to: module)
        if let server { server(call) } else { link?.invoke(call) }
    }

    /// Direct methods of something that is no module and has no twin, as `$edgeAgent`.
    /// - Parameters:
    ///   - name: of no module that could come.
    ///   - handler: answers through the call, once, now or later.
    public func serveMethods(of name: Text, _ handler: @escaping (MethodCall) -> Void) {
        methodServers[name] = handler
    }

    /// What IoT Edge's own modules answer to a name that they do not know.
    public static func noMethod(_ method: Text, of name: Text) -> MethodOutcome {
        .answered(status: 400, payload: ["message": .string("\(name) has no method \(method.quoted)")])
    }

    /// Calls of direct methods that are not answered yet.
    public var methodsUnderWay: Int { desk.count }

    /// The module has come: the calls that waited for it.
    func beginCalls(_ consumer: Consumer) {
        let begun = desk.begin(consumer.module, now: time.nowMs)
        guard !begun.isEmpty else { return }
        armMethodAlarm()
        // Not from inside `attach`: the instance does not have its port yet.
        later { [self] in
            for pending in begun {
                guard let call = pending.call, let link = consumer.link else { continue }
                methodTally.count(from: pending.caller, to: pending.module)
                link.invoke(call)
            }
        }
    }

    /// The instance is gone.
    func abandonCalls(_ module: Text) {
        for pending in desk.abandon(module) {
            guard let call = pending.call else { continue }
            call.end(.notFound(reason: "\(shown(module)) ended before it answered \(call.method)"))
        }
    }

    /// The hub is about to end.
    func endCalls() {
        while let pending = desk.abandonAny() { pending.call?.end(.notFound(reason: "the host ends")) }
        methodAlarm = nil
        armedDeadline = nil
    }

    /// One alarm for the nearest deadline; none while nobody waits. It is not put off when that call ends: at its time it looks for the
    /// next.
    private func armMethodAlarm() {
        guard let deadline = desk.nextDeadline else {
            if armedDeadline != nil { methodAlarm?.set(afterMs: nil) }
            armedDeadline = nil
            return
        }
        if let armedDeadline, armedDeadline <= deadline { return }
        armedDeadline = deadline
        if methodAlarm == nil { methodAlarm = time.alarm { [unowned(unsafe) self] in expireCalls() } }
        let now = time.nowMs
        methodAlarm?.set(afterMs: deadline > now ? deadline - now : 0)
    }

    private func expireCalls() {
        armedDeadline = nil
        let now = time.nowMs
        while let pending = desk.expire(now) { expire(pending) }
        armMethodAlarm()
    }

    private func expire(_ pending: PendingCall) {
        guard let call = pending.call else { return }
        switch pending.stage {
        case .waiting: call.end(.notFound(reason: absent(pending.module)))
        case .called:
            call.end(.timedOut(reason: "\(shown(pending.module)) did not answer \(call.method) within \(pending.timeoutMs) ms"))
        }
    }

    private func absent(_ module: Text) -> Text {
        if consumers[module]?.link != nil { return "\(shown(module)) is here and takes no direct methods: it has not subscribed to them" }
        let isDevice = module.isEmpty || ClientName.isDownstream(module)
        return "\(shown(module)) is not \(isDevice ? "connected" : "running"): there is nobody to call"
    }
}
