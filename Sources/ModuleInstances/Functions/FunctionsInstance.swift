import Deployment
import JSON
import Messages
import ModuleImages
import ModuleLinks
import UV

/// Functions of a plain C library on a loop: the host's own, or that of a thread or process of its own.
///
/// Start: load, initial calls, callbacks, ready, polls. Stop goes the way back: polls, callbacks, final calls, unload.
final class FunctionsInstance: ModuleInstance {
    let processID: Int32? = nil

    private let loop: Loop
    private let copy: ImageCopy
    private let binding: LibraryBinding
    private let threads: ThreadLedger?
    private let marks: ModuleCalls?
    private var guest: Int?
    private unowned(unsafe) let observer: any InstanceObserver
    private var table: FunctionTable?
    private var subscriptions: Subscriptions?
    private var schedule: PollSchedule?
    private var port: (any HubPort)?
    /// Why the last message was none.
    private var refusal: Text?

    /// - Parameters:
    ///   - copy: of no other instance of this process; retired where the library does not leave memory.
    ///   - threads: where threads of libraries are looked for that outlive the final calls; nil: nowhere.
    ///   - marks: mark the calls into it; nil: nobody needs to know.
    ///   - observer: outlives the instance.
    init(
        loop: Loop, copy: ImageCopy, binding: LibraryBinding, threads: ThreadLedger?, marks: ModuleCalls?, observer: any InstanceObserver
    ) {
        self.loop = loop
        self.copy = copy
        self.binding = binding
        self.threads = threads
        self.marks = marks
        self.observer = observer
    }

    func start(port: any HubPort) throws(InstanceError) {
        self.port = port
        do throws(FunctionError) {
            try open()
        } catch {
            close()
            throw InstanceError(error)
        }
        observer.instanceIsReady()
        schedule?.start()
    }

    private func open() throws(FunctionError) {
        guest = threads?.begin()
        defer { if let guest { threads?.didStart(guest) } }
        let table = try FunctionTable(path: copy.path, binding: binding, marks: marks)
        self.table = table
        try table.perform(binding.initial, "initial")
        let subscriptions = Subscriptions(
            loop, table.sources, mark: marks?.mark, emit: { [self] in send($0, $1) }, warn: { [self] in warn($0) })
        self.subscriptions = subscriptions
        try subscriptions.start()
        schedule = PollSchedule(loop, table: table, emit: { [self] in send($0, $1) }, fail: { [self] in warn($0) })
    }

    func stop() {
        schedule?.stop()
        close(final: binding.final)
        observer.instanceEnded(.exited(code: 0))
    }

    func kill() {}

    /// A start that failed makes no final calls: what they would end may not be there.
    private func close(final: [LibraryBinding.Step] = []) {
        schedule = nil
        subscriptions?.stop()
        do throws(FunctionError) {
            try table?.perform(final, "final")
        } catch {
            warn(error.reason)
        }
        port = nil
        let left = guest.flatMap { threads?.leftover(of: $0) } ?? 0
        guest = nil
        if left > 0 { warn("a thread of the library still runs after the final calls, so it stays in memory; end and join threads there") }
        if left > 0 || subscriptions?.mayUnload == false {
            table?.keepLibrary()
            subscriptions?.keep()
        }
        let outer = (marks?.mark).enter(.unload)
        table = nil
        (marks?.mark).leave(outer)
        // Last: final calls, and the library's own end, may still call back.
        subscriptions = nil
        // One that stayed in memory would share its variables with the next instance.
        copy.end(staysInMemory: SharedLibrary.isLoaded(path: copy.path))
    }

    private func warn(_ line: Text) {
        observer.instanceLogged(level: 4, line: line)
    }

    /// What is wrong with one message after the other is said once.
    private func send(_ output: Text, _ body: JSON) {
        guard let port else { return }
        do throws(MessageError) {
            port.send(try MessageJSON.message(from: ["output": .string(output), "body": body], sender: port.moduleName), done: nil)
            refusal = nil
        } catch {
            if error.reason == refusal { return }
            refusal = error.reason
            warn("output \(output.quoted): \(error.reason)")
        }
    }
}

extension FunctionsInstance: ModuleLink {
    /// A C library has no inputs: what comes is taken, and nothing happens.
    func deliver(_ delivery: Delivery) -> Bool {
        if delivery.receipt != 0 { port?.took(delivery.receipt) }
        return true
    }

    func desired(_ patch: JSONObject, version: UInt64) {}

    func invoke(_ call: MethodCall) {
        guard let table else { return call.end(.notFound(reason: "the module is not running")) }
        let (status, payload) = table.answer(call.method, call.payload)
        call.end(.answered(status: status, payload: payload))
    }
}
