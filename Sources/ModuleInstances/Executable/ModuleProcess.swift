import CPOSIX
import JSON
import ModuleLinks
import UV

/// Who speaks with a module's process. All calls on the loop's thread.
protocol ModuleProcessOwner: AnyObject {
    /// What came on its standard output, 64 KB at most, valid until this returns.
    func processWrote(_ bytes: UnsafeRawBufferPointer)

    /// Its standard output has ended.
    func processFinishedWriting()

    /// It has taken everything that was written to it.
    func processTookAll()

    /// It is over, and all that it wrote was given.
    func processEnded(_ end: InstanceEnd)
}

/// The child process of one instance, whatever is spoken with it: its start, its log, its end.
///
/// The process leads a session of its own, so that its group, and with it every grandchild, ends with it.
final class ModuleProcess {
    /// A line of a module's log; a longer one is left out.
    static let logLineLimit = 8 << 10
    /// What may wait in the pipe to a module before the hub keeps further messages in its own queue.
    static let unsentLimit = 256 << 10
    /// While more waits in the pipe, further direct method calls are refused.
    static let unsentCallBytes = 1 << 20
    /// What their callers hear.
    static let doesNotRead = MethodOutcome.busy(
        reason: "the module does not take what the host says: more than \(unsentCallBytes >> 20) MiB wait for it")
    /// What may wait in the pipe at all, answers and desired properties included; a module that leaves more unread is ended.
    static let unreadLimit = 4 << 20

    private let loop: Loop
    private let plan: ProcessPlan
    private unowned(unsafe) let observer: any InstanceObserver
    /// Held from the start to the end.
    private var owner: (any ModuleProcessOwner)?
    private var child: ChildProcess?
    private var errors = LineSplitter(limit: logLineLimit)
    private var exit: ExitStatus?
    /// Why the host ended it.
    private var fault: Text?
    private var openStreams = 2
    private var stopping: StopTimer?
    private var drain: Timer?
    private var lastReadBytes: UInt64 = 0

    /// - Parameter observer: outlives this; it gets the lines of standard error.
    init(loop: Loop, plan: ProcessPlan, observer: any InstanceObserver) {
        self.loop = loop
        self.plan = plan
        self.observer = observer
    }

    /// nil before the start and after the end.
    var pid: Int32? { child?.pid }

    /// It is gone; what it wrote last may still be on the way.
    var hasExited: Bool { exit != nil }

    /// Bytes that the process has not taken from its standard input.
    var unsentBytes: Int { child?.standardInput?.unsentBytes ?? 0 }

    /// Bytes that were to be written to its standard input, ever, whether or not it still took them.
    private(set) var writtenBytes: UInt64 = 0

    /// Bytes of its standard input that it has read, also after its end; of a counted pipe.
    var readBytes: UInt64 { child?.standardInput?.readBytes ?? lastReadBytes }

    /// - Parameter input: its standard input: a pipe, of one or the other kind, or nothing.
    func start(_ owner: any ModuleProcessOwner, input: ChildOptions.Standard) throws(InstanceError) {
        let options = ChildOptions(
            file: plan.file, arguments: plan.arguments, environment: plan.environment, workingDirectory: plan.workingDirectory,
            standardInput: input, standardOutput: .pipe, standardError: .pipe, ownSession: true)
        let child: ChildProcess
        do throws(UVError) {
            child = try ChildProcess(loop, options) { [self] in exited($0) }
        } catch {
            throw InstanceError("cannot start \(Text(plan.file)) in the folder \(Text(plan.workingDirectory)): \(Text(error.message))")
        }
        self.child = child
        self.owner = owner
        child.standardInput?.onDrain = { [self] in self.owner?.processTookAll() }
        child.standardOutput?.read(
            { [self] in self.owner?.processWrote($0) },
            end: { [self] _ in
                self.owner?.processFinishedWriting()
                streamEnded()
            })
        child.standardError?.read(
            { [self] in errors.feed($0, log) },
            end: { [self] _ in
                errors.end(log)
                streamEnded()
            })
    }

    /// Writes to its standard input.
    func write(_ bytes: UnsafeRawBufferPointer) {
        writtenBytes += UInt64(bytes.count)
        guard exit == nil, fault == nil, let child, let input = child.standardInput else { return }
        input.write(bytes)
        guard input.unsentBytes > Self.unreadLimit else { return }
        fail("it does not read its standard input: more than \(Self.unreadLimit >> 20) MiB wait there")
    }

    /// A line of its log.
    func log(_ piece: LineSplitter.Piece) {
        switch piece {
        case .line(let line): observer.instanceLogged(level: 6, line: Text(utf8: line))
        case .tooLong: observer.instanceLogged(level: 4, line: "(a line of more than \(Self.logLineLimit) bytes was left out)")
        }
    }

    /// Ends it with increasing force, if it does not end by itself.
    /// - Parameter graceMs: until SIGTERM.
    func stop(graceMs: UInt64) {
        guard exit == nil, stopping == nil, let child else { return }
        stopping = StopTimer(loop, child: child, firstSignalAfterMs: graceMs)
    }

    /// Ends it at once, for this reason.
    func fail(_ reason: Text) {
        guard exit == nil, fault == nil else { return }
        fault = reason
        child?.killGroup(SIGKILL)
    }

    /// Ends it at once.
    func kill() {
        // Only its last output was still awaited.
        if exit != nil { return finish() }
        child?.killGroup(SIGKILL)
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

    private func streamEnded() {
        openStreams -= 1
        if openStreams == 0 && exit != nil { finish() }
    }

    private func finish() {
        guard let status = exit, let child else { return }
        drain?.stop()
        drain = nil
        lastReadBytes = readBytes
        self.child = nil
        child.standardInput?.close()
        child.standardOutput?.close()
        child.standardError?.close()
        let owner = self.owner
        self.owner = nil
        if let fault { owner?.processEnded(.failed(reason: fault)) } else { owner?.processEnded(InstanceEnd(status)) }
    }
}

extension InstanceEnd {
    fileprivate init(_ status: ExitStatus) {
        switch status {
        case .code(let code): self = .exited(code: Int32(code))
        case .signal(let signal): self = .signalled(Int32(signal))
        }
    }
}
