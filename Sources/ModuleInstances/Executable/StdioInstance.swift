import JSON
import Messages
import ModuleIdentities
import ModuleLinks
import UV

/// An instance that is an executable: with protocol `stdio` it speaks JSON-RPC lines, with `none` it is only started and stopped; with
/// `edge` too, and its program connects to the hub over MQTT.
final class StdioInstance: ModuleInstance {
    /// A line from a module. (contract section 4)
    static let lineLimit = 1 << 20

    let identity: ModuleIdentity
    private let process: ModuleProcess
    private let speaks: Bool
    let connectsItself: Bool
    private let workload: WorkloadDoor?
    private unowned(unsafe) let observer: any InstanceObserver
    private var port: (any HubPort)?
    private var output = LineSplitter(limit: lineLimit)
    private var calls = CallTable()
    private let deliveries: StdioDeliveries
    private var isReady = false
    private var isBusy = false

    /// - Parameters:
    ///   - connectsItself: protocol `edge`.
    ///   - workload: its workload socket, open while its process lives; nil: none.
    ///   - observer: outlives the instance.
    init(
        loop: Loop, plan: ProcessPlan, identity: ModuleIdentity, connectsItself: Bool = false, workload: WorkloadDoor? = nil,
        observer: any InstanceObserver
    ) {
        process = ModuleProcess(loop: loop, plan: plan, observer: observer)
        deliveries = StdioDeliveries(loop, process)
        speaks = plan.speaksStdio
        self.connectsItself = connectsItself
        self.workload = workload
        self.identity = identity
        self.observer = observer
    }

    var processID: Int32? { process.pid }

    /// Its process is gone; what it wrote last may still be on the way.
    var hasExited: Bool { process.hasExited }

    func start(port: any HubPort) throws(InstanceError) {
        try begin()
        self.port = port
        deliveries.port = port
        if speaks { write(StdioLine.start(identity, twin: port.twin())) } else { becomeReady() }
    }

    func start() throws(InstanceError) {
        try begin()
        becomeReady()
    }

    private func begin() throws(InstanceError) {
        let processID = { [unowned(unsafe) process] in process.hasExited ? nil : process.pid }
        if let fault = try workload?.open(identity.moduleID ?? "", processID) { observer.instanceLogged(level: 4, line: fault) }
        do throws(InstanceError) {
            try process.start(self, input: speaks ? .countedPipe : .null)
        } catch {
            workload?.close()
            throw error
        }
    }

    func stop() {
        if speaks { write(StdioLine.stop) }
        process.stop(graceMs: speaks ? StopTimer.graceMs : 0)
    }

    func kill() {
        process.kill()
    }

    // MARK: - From the process

    private func takeOutput(_ piece: LineSplitter.Piece) {
        guard speaks else { return process.log(piece) }
        becomeReady()
        do throws(StdioError) {
            switch piece {
            case .line(let line):
                if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { return }
                handle(try StdioRequest.parse(line))
            case .tooLong:
                throw StdioError(.invalidRequest, "the line is longer than 1 MiB (\(Self.lineLimit) bytes)")
            }
        } catch {
            refuse(error)
        }
        deliveries.moduleWrote()
    }

    private func becomeReady() {
        if isReady { return }
        isReady = true
        observer.instanceIsReady()
    }

    private func handle(_ request: StdioRequest) {
        guard let port else { return }
        switch request {
        case .ready(let acknowledges): deliveries.decide(answers: acknowledges)
        case .taken(let id, let failure):
            guard deliveries.answered(id), let failure else { break }
            observer.instanceLogged(level: 4, line: "could not handle a message: \(failure)")
        case .send(let params, let id): send(params, id)
        case .report(let patch, let id):
            guard let id else { return port.report(patch, done: { [self] in logFailure("report", $0) }) }
            port.report(patch) { [self] result in
                switch result {
                case .success(let version): write(StdioLine.result(id, ["version": .integer(Int64(version))]))
                case .failure(let error): refuse(StdioError(.hub, error.reason, id: id))
                }
            }
        case .twin(let id):
            write(StdioLine.result(id, .object(port.twin())))
        case .invoke(let module, let method, let payload, let timeoutMs, let id):
            port.invoke(module: module, method: method, payload: payload, timeoutMs: timeoutMs) { [self] in answer(id, $0) }
        case .answer(let id, let status, let payload):
            Int(exactly: id).flatMap { calls.remove($0) }?.end(.answered(status: status, payload: payload))
        case .refusal(let id, let message):
            Int(exactly: id).flatMap { calls.remove($0) }?.end(.answered(status: 500, payload: ["message": .string(message)]))
        }
    }

    private func send(_ params: JSONObject, _ id: JSON?) {
        guard let port else { return }
        let message: Message
        do throws(MessageError) {
            message = try MessageJSON.message(from: params, sender: port.moduleName)
        } catch {
            return refuse(StdioError(.invalidParams, error.reason, id: id))
        }
        port.send(message) { [self] error in
            switch (error, id) {
            case (let error?, _): refuse(StdioError(.hub, error.reason, id: id))
            case (nil, let id?): write(StdioLine.result(id, [:]))
            case (nil, nil): break
            }
        }
    }

    private func answer(_ id: JSON, _ outcome: MethodOutcome) {
        switch outcome {
        case .answered(let status, let payload):
            write(StdioLine.result(id, ["status": .integer(Int64(status)), "payload": payload]))
        case .notFound(let reason): refuse(StdioError(.hub, reason, id: id, status: 404))
        case .timedOut(let reason): refuse(StdioError(.hub, reason, id: id, status: 504))
        case .invalid(let reason): refuse(StdioError(.hub, reason, id: id, status: 400))
        case .busy(let reason): refuse(StdioError(.hub, reason, id: id, status: 429))
        }
    }

    private func logFailure(_ what: Text, _ result: Result<UInt64, HubError>) {
        if case .failure(let error) = result { refuse(StdioError(.hub, "\(what): \(error.reason)")) }
    }

    /// Answers with an error and logs it: a module that does not read its errors still leaves a trace.
    private func refuse(_ error: StdioError) {
        observer.instanceLogged(level: 4, line: "refused: \(error.message)")
        write(StdioLine.error(error))
    }

    // MARK: - To the process

    private func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { process.write($0) }
    }
}

extension StdioInstance: ModuleProcessOwner {
    func processWrote(_ bytes: UnsafeRawBufferPointer) {
        output.feed(bytes, takeOutput)
    }

    func processFinishedWriting() {
        output.end(takeOutput)
    }

    func processTookAll() {
        guard isBusy else { return }
        isBusy = false
        port?.takesMore()
    }

    func processEnded(_ end: InstanceEnd) {
        workload?.close()
        deliveries.ended(inOrder: end == .exited(code: 0))
        port = nil
        calls.endAll()
        observer.instanceEnded(end)
    }
}

extension StdioInstance: ModuleLink {
    func deliver(_ delivery: Delivery) -> Bool {
        guard speaks, process.pid != nil else {
            // A module without a protocol has no inputs: what comes is taken, and nothing happens.
            if !speaks && delivery.receipt != 0 { port?.took(delivery.receipt) }
            return true
        }
        write(StdioLine.message(delivery, device: identity.deviceID, id: deliveries.nextID(for: delivery.receipt)))
        deliveries.wrote(delivery.receipt)
        isBusy = process.unsentBytes > ModuleProcess.unsentLimit
        return !isBusy
    }

    func desired(_ patch: JSONObject, version: UInt64) {
        if speaks { write(StdioLine.desired(patch, version: version)) }
    }

    func invoke(_ call: MethodCall) {
        guard speaks else {
            return call.end(.notFound(reason: "the module has protocol none and takes no direct methods"))
        }
        guard process.unsentBytes <= ModuleProcess.unsentCallBytes else { return call.end(ModuleProcess.doesNotRead) }
        guard let number = calls.insert(call) else { return }
        write(StdioLine.invoke(id: Int64(number), method: call.method, payload: call.payload))
    }
}
