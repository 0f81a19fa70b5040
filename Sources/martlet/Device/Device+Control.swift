import CPOSIX
import Deployment
import EdgeAgent
import EdgeHub
import JSON
import Management
import Messages
import ModuleIdentities
import ModuleLinks
import UV

/// What an operator asks of the device, through the management socket.
extension Device: DeviceControl {
    func device() -> JSONObject {
        [
            "deviceId": .string(hub.deviceID), "hubHostName": .string(deployment.device.hubHostName),
            "gatewayHostName": .string(deployment.device.gatewayHostName), "version": .string(Text(Version.text)),
            "pid": .integer(Int64(getpid())),
        ]
    }

    func modules() -> [JSONObject] {
        agent.reports().map { $0.json(deviceID: hub.deviceID) }
    }

    func systemInfo() -> JSONObject {
        let system = SystemName.current
        return [
            "osType": "linux", "architecture": .string(system.machine), "version": .string(Text(Version.text)),
            "kernel_version": .string(system.release),
        ]
    }

    func queues() -> [JSONObject] {
        hub.queues().map { queue in
            var dropped = JSONObject()
            for (reason, count) in queue.dropped.byReason { dropped[reason] = .integer(Int64(count)) }
            return [
                "endpoint": .string(queue.endpoint), "priority": .integer(Int64(queue.priority)),
                "persistence": queue.persistence == .disk ? "disk" : "memory", "length": .integer(Int64(queue.length)),
                "bytes": .integer(Int64(queue.bytes)), "oldestAgeMs": queue.oldestMs.map { .integer(Int64(clamping: $0)) } ?? .null,
                "delivered": .integer(Int64(clamping: queue.delivered)), "dropped": .object(dropped),
            ]
        }
    }

    func traffic() -> [JSONObject] {
        hub.traffic().map { sender in
            let identity = ClientName.identity(sender.module, device: hub.deviceID)
            var entry = JSONObject()
            if let module = identity.moduleID { entry["module"] = .string(module) } else { entry["device"] = .string(identity.deviceID) }
            entry["received"] = .integer(Int64(clamping: sender.received))
            entry["dropped"] = ["no_route": .integer(Int64(clamping: sender.unrouted))]
            return entry
        }
    }

    // MARK: - Instances

    func start(module: Text, done: @escaping (Result<Bool, ControlError>) -> Void) {
        if !carriesOut(done, { agent.start(module, $0) }) { done(.failure(cannotStart(module))) }
    }

    func stop(module: Text, done: @escaping (Result<Bool, ControlError>) -> Void) {
        if !carriesOut(done, { agent.stop(module, $0) }) { done(.failure(.noModule(module))) }
    }

    func restart(module: Text, done: @escaping (Result<Bool, ControlError>) -> Void) {
        if !carriesOut(done, { agent.restart(module, $0) ? true : nil }) { done(.failure(cannotStart(module))) }
    }

    /// Answers once `begin` has said whether there was anything to do, and what it began is over, in either order.
    ///
    /// - Returns: false: `begin` refused, and nothing was answered.
    private func carriesOut(
        _ done: @escaping (Result<Bool, ControlError>) -> Void, _ begin: (_ isOver: @escaping () -> Void) -> Bool?
    ) -> Bool {
        var wasAnythingToDo: Bool?
        var isOver = false
        let answer = { if isOver, let wasAnythingToDo { done(.success(wasAnythingToDo)) } }
        let begun = begin {
            isOver = true
            answer()
        }
        wasAnythingToDo = begun
        answer()
        return begun != nil
    }

    private func cannotStart(_ module: Text) -> ControlError {
        if isStopping { return ControlError(.unavailable, "the host is stopping: nothing starts any more") }
        guard agent.report(module) != nil else { return .noModule(module) }
        return ControlError(.conflict, "module \(module.quoted) is no longer in the manifest: its last instance is about to end")
    }

    func logs(module: Text, request: LogRequest, into stream: ResponseStream) -> ControlError? {
        guard let log = agent.log(module) else { return .noModule(module) }
        for line in log.tail(request.tail) { stream.write(line.bytes) }
        guard request.follows else {
            stream.end()
            return nil
        }
        let token = log.follow { stream.write($0.bytes) }
        stream.onClose = { log.unfollow(token) }
        return nil
    }

    // MARK: - Twins

    func twin(module: Text?) -> Result<JSONObject, ControlError> {
        hub.twin(module).map { .success($0) } ?? .failure(.noTwin(module))
    }

    func patchTwin(
        module: Text?, change: TwinChange, ifMatch: Text?, done: @escaping (Result<JSONObject, ControlError>) -> Void
    ) {
        changeTwin(module, change, replaces: false, ifMatch, done)
    }

    func replaceTwin(
        module: Text?, change: TwinChange, ifMatch: Text?, done: @escaping (Result<JSONObject, ControlError>) -> Void
    ) {
        changeTwin(module, change, replaces: true, ifMatch, done)
    }

    private func changeTwin(
        _ module: Text?, _ change: TwinChange, replaces: Bool, _ ifMatch: Text?,
        _ done: @escaping (Result<JSONObject, ControlError>) -> Void
    ) {
        hub.changeTwin(module, desired: change.desired, tags: change.tags, replaces: replaces, ifMatch: ifMatch) { result in
            done(result.mapError { ControlError($0, ofVersion: true) })
        }
    }

    // MARK: - Messages and methods

    func invoke(module: Text?, call: MethodRequest, done: @escaping (Result<MethodAnswer, ControlError>) -> Void) {
        hub.invoke(
            module: module ?? ClientName.device, method: call.method, payload: call.payload, timeoutMs: call.responseTimeoutMs,
            connectTimeoutMs: call.connectTimeoutMs
        ) { outcome in
            switch outcome {
            case .answered(let status, let payload): done(.success(MethodAnswer(status: status, payload: payload)))
            case .notFound(let reason): done(.failure(ControlError(.notFound, reason)))
            case .timedOut(let reason): done(.failure(ControlError(.timedOut, reason)))
            case .invalid(let reason): done(.failure(ControlError(.invalid, reason)))
            case .busy(let reason): done(.failure(ControlError(.full, reason)))
            }
        }
    }

    func send(module: Text, input: Text, message: JSONObject, done: @escaping (ControlError?) -> Void) {
        guard let message = parsed(message, done) else { return }
        hub.sendToInput(module: module, input: input, message: message) { done($0.map { ControlError($0) }) }
    }

    func send(device: Text, message: JSONObject, done: @escaping (ControlError?) -> Void) {
        guard let message = parsed(message, done) else { return }
        hub.sendToDevice(device, message: message) { done($0.map { ControlError($0) }) }
    }

    /// nil: it is none, and that was said.
    private func parsed(_ message: JSONObject, _ done: (ControlError?) -> Void) -> Message? {
        do throws(MessageError) {
            return try MessageJSON.message(from: message, sender: ClientName.device)
        } catch {
            done(ControlError(.invalid, error.reason))
            return nil
        }
    }

    func monitor(filter: MonitorFilter, into stream: ResponseStream) -> ControlError? {
        let token = hub.monitor(filter.source.map { .module($0.module, output: $0.output) } ?? .upstream) { message in
            var line = JSON.object(MessageJSON.object(of: message)).bytes()
            line.append(UInt8(ascii: "\n"))
            stream.write(line)
        }
        stream.onClose = { [self] in hub.endMonitor(token) }
        return nil
    }
}
