import CPOSIX
import JSON
import Messages
import ModuleIdentities
import ModuleLinks
import UV

/// An instance that is a child process: an executable, or functions in a process of their own.
///
/// The process leads a session of its own, so that its group, and with it every grandchild, ends with it.
final class ProcessInstance: ModuleInstance {
    /// A line from a module. (contract section 4)
    static let lineLimit = 1 << 20
    /// A line of a module's log; a longer one is left out.
    static let logLineLimit = 8 << 10
    /// What may wait in the pipe to a module before the hub keeps further messages in its own queue.
    static let unsentLimit = 256 << 10
    /// What may wait in the pipe at all, answers and desired properties included; a module that leaves more unread is ended.
    static let unreadLimit = 4 << 20

    let identity: ModuleIdentity
    private let loop: Loop
    private let plan: ProcessPlan
    private unowned(unsafe) let observer: any InstanceObserver
    private var port: (any HubPort)?
    private var child: ChildProcess?
    private var output = LineSplitter(limit: lineLimit)
    private var errors = LineSplitter(limit: logLineLimit)
    private var calls = CallTable()
    private var isReady = false
    private var isBusy = false
    private var exit: ExitStatus?
    /// Why the host ended it.
    private var fault: Text?
    private var openStreams = 2
    private var stopping: StopTimer?
    private var drain: Timer?

    /// - Parameter observer: outlives the instance.
    init(loop: Loop, plan: ProcessPlan, identity: ModuleIdentity, observer: any InstanceObserver) {
        self.loop = loop
        self.plan = plan
        self.identity = identity
        self.observer = observer
    }

    var processID: Int32? { child?.pid }

    /// Its process is gone; what it wrote last may still be on the way.
    var hasExited: Bool { exit != nil }

    func start(port: any HubPort) throws(InstanceError) {
        let options = ChildOptions(
            file: plan.file, arguments: plan.arguments, environment: plan.environment, workingDirectory: plan.workingDirectory,
            standardInput: plan.speaksStdio ? .pipe : .null, standardOutput: .pipe, standardError: .pipe, ownSession: true)
        let child: ChildProcess
        do throws(UVError) {
            child = try ChildProcess(loop, options) { [self] in exited($0) }
        } catch {
            throw InstanceError("cannot start \(Text(plan.file)) in the folder \(Text(plan.workingDirectory)): \(Text(error.message))")
        }
        self.child = child
        self.port = port
        child.standardOutput?.read({ [self] in readOutput($0) }, end: { [self] _ in streamEnded(&output, takeOutput) })
        child.standardError?.read({ [self] in readErrors($0) }, end: { [self] _ in streamEnded(&errors, takeErrors) })
        if plan.speaksStdio {
            child.standardInput?.onDrain = { [self] in drained() }
            write(plan.preamble + StdioLine.start(identity, twin: port.twin()))
        } else {
            becomeReady()
        }
    }

    func stop() {
        guard exit == nil, stopping == nil, let child else { return }
        if plan.speaksStdio { write(StdioLine.stop) }
        stopping = StopTimer(loop, child: child, firstSignalAfterMs: plan.speaksStdio ? StopTimer.graceMs : 0)
    }

    func kill() {
        // Only its last output was still awaited.
        if exit != nil { return finish() }
        child?.killGroup(SIGKILL)
    }

    // MARK: - From the process

    private func readOutput(_ bytes: UnsafeRawBufferPointer) {
        output.feed(bytes, takeOutput)
    }

    private func readErrors(_ bytes: UnsafeRawBufferPointer) {
        errors.feed(bytes, takeErrors)
    }

    private func takeOutput(_ piece: LineSplitter.Piece) {
        guard plan.speaksStdio else { return takeErrors(piece) }
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
    }

    private func takeErrors(_ piece: LineSplitter.Piece) {
        switch piece {
        case .line(let line): observer.instanceLogged(level: 6, line: Text(utf8: line))
        case .tooLong: observer.instanceLogged(level: 4, line: "(a line of more than \(Self.logLineLimit) bytes was left out)")
        }
    }

    private func becomeReady() {
        if isReady { return }
        isReady = true
        observer.instanceIsReady()
    }

    private func handle(_ request: StdioRequest) {
        guard let port else { return }
        switch request {
        case .ready: break
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
        case .notFound(let reason), .timedOut(let reason), .invalid(let reason):
            refuse(StdioError(.hub, reason, id: id))
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
        guard exit == nil, fault == nil, let child, let input = child.standardInput else { return }
        input.write(bytes)
        guard input.unsentBytes > Self.unreadLimit else { return }
        fault = "it does not read its standard input: more than \(Self.unreadLimit >> 20) MiB wait there"
        child.killGroup(SIGKILL)
    }

    private func drained() {
        guard isBusy else { return }
        isBusy = false
        port?.takesMore()
    }

    // MARK: - Its end

    private func exited(_ status: ExitStatus) {
        exit = status
        child?.killGroup(SIGKILL)
        LeftoverProcesses.end(markedWith: plan.marker)
        stopping = nil
        if openStreams == 0 { return finish() }
        // What it wrote last is still to be read; a grandchild that left the group may keep the pipes open for ever.
        let timer = Timer(loop)
        drain = timer
        timer.start(afterMs: 1000) { [self] in
            // Whoever holds them may have been in the middle of an exec, without an environment, when it was looked for.
            LeftoverProcesses.end(markedWith: plan.marker)
            finish()
        }
    }

    private func streamEnded(_ splitter: inout LineSplitter, _ each: (LineSplitter.Piece) -> Void) {
        splitter.end(each)
        openStreams -= 1
        if openStreams == 0 && exit != nil { finish() }
    }

    private func finish() {
        guard let status = exit, let child else { return }
        drain?.stop()
        drain = nil
        self.child = nil
        port = nil
        child.standardInput?.close()
        child.standardOutput?.close()
        child.standardError?.close()
        calls.endAll()
        if let fault { return observer.instanceEnded(.failed(reason: fault)) }
        switch status {
        case .code(let code): observer.instanceEnded(.exited(code: Int32(code)))
        case .signal(let signal): observer.instanceEnded(.signalled(Int32(signal)))
        }
    }
}

extension ProcessInstance: ModuleLink {
    func deliver(_ message: Message, input: Text) -> Bool {
        guard plan.speaksStdio, let stream = child?.standardInput else { return true }
        write(StdioLine.message(message, input: input))
        isBusy = stream.unsentBytes > Self.unsentLimit
        return !isBusy
    }

    func desired(_ patch: JSONObject, version: UInt64) {
        if plan.speaksStdio { write(StdioLine.desired(patch, version: version)) }
    }

    func invoke(_ call: MethodCall) {
        guard plan.speaksStdio else {
            return call.end(.notFound(reason: "the module has protocol none and takes no direct methods"))
        }
        guard let number = calls.insert(call) else { return }
        write(StdioLine.invoke(id: Int64(number), method: call.method, payload: call.payload))
    }
}
