import Deployment
import JSON
import Messages
import ModuleImages
import ModuleLinks
import UV

/// Functions of a plain C library on the host's own loop: faster than in a process of their own, and a crash is the host's.
final class FunctionsInstance: ModuleInstance {
    let processID: Int32? = nil

    private let loop: Loop
    private let copy: ImageCopy
    private let functions: [FunctionSpecification]
    private let polls: [PollSpecification]
    private unowned(unsafe) let observer: any InstanceObserver
    private var table: FunctionTable?
    private var schedule: PollSchedule?
    private var port: (any HubPort)?

    /// - Parameter observer: outlives the instance.
    init(
        loop: Loop, copy: ImageCopy, functions: [FunctionSpecification], polls: [PollSpecification], observer: any InstanceObserver
    ) {
        self.loop = loop
        self.copy = copy
        self.functions = functions
        self.polls = polls
        self.observer = observer
    }

    func start(port: any HubPort) throws(InstanceError) {
        do throws(FunctionError) {
            schedule = try opened()
        } catch {
            table = nil
            retireIfLoaded()
            throw InstanceError(error)
        }
        self.port = port
        observer.instanceIsReady()
        schedule?.start()
    }

    private func opened() throws(FunctionError) -> PollSchedule {
        let table = try FunctionTable(path: copy.path, functions: functions)
        self.table = table
        return try PollSchedule(loop, polls: polls, table: table) { [self] in send($0, $1) }
    }

    /// Once the library is closed: one that stayed in memory would share its variables with the next instance.
    private func retireIfLoaded() {
        if SharedLibrary.isLoaded(path: copy.path) { copy.retire() }
    }

    func stop() {
        schedule?.stop()
        schedule = nil
        port = nil
        table = nil
        retireIfLoaded()
        observer.instanceEnded(.exited(code: 0))
    }

    func kill() {}

    private func send(_ output: Text, _ body: JSON) {
        guard let port else { return }
        do throws(MessageError) {
            port.send(try MessageJSON.message(from: ["output": .string(output), "body": body], sender: port.moduleName), done: nil)
        } catch {
            observer.instanceLogged(level: 4, line: "poll: \(error.reason)")
        }
    }
}

extension FunctionsInstance: ModuleLink {
    /// A C library has no inputs.
    func deliver(_ message: Message, input: Text) -> Bool { true }

    func desired(_ patch: JSONObject, version: UInt64) {}

    func invoke(_ call: MethodCall) {
        guard let table else { return call.end(.notFound(reason: "the module is not running")) }
        let (status, payload) = table.answer(call.method, call.payload)
        call.end(.answered(status: status, payload: payload))
    }
}
