import CPOSIX
import Deployment
import JSON
import UV

/// The child process that runs a plain C library for the host: it answers direct methods and sends what polls return, over the
/// protocol of every stdio module. A crash of the library ends this process only.
final class FunctionsChild {
    private let loop: Loop
    private let input: UV.Stream
    private let output: UV.Stream
    private var lines = LineSplitter(limit: StdioInstance.lineLimit)
    private var table: FunctionTable?
    private var polls: PollSchedule?
    private var exitCode: Int32 = 0

    /// Runs until the host says stop or is gone. Returns the exit code.
    static func run(host: Int32) -> Int32 {
        guard ChildCommand.endWithHost(host) else { return 1 }
        do throws(UVError) {
            let child = try FunctionsChild()
            return child.run()
        } catch {
            note("functions: \(error.message)")
            return 1
        }
    }

    private init() throws(UVError) {
        // The library may print: what it prints is log. Only this process knows the pipe to the host.
        let pipe = martlet_private_duplicate(STDOUT_FILENO)
        dup2(STDERR_FILENO, STDOUT_FILENO)
        loop = try Loop()
        input = try UV.Stream(loop, fileDescriptor: STDIN_FILENO)
        output = try UV.Stream(loop, fileDescriptor: pipe)
    }

    private func run() -> Int32 {
        input.read({ [self] in lines.feed($0, take) }, end: { [self] _ in loop.stop() })
        loop.run()
        polls?.stop()
        return exitCode
    }

    private func take(_ piece: LineSplitter.Piece) {
        guard case .line(let line) = piece, let json = try? JSON.parse(line), let method = json["method"]?.string else { return }
        let params = json["params"]?.object ?? JSONObject()
        switch method {
        case FunctionsLine.method: open(params)
        case "invoke": invoke(json["id"] ?? .null, params)
        case "stop": loop.stop()
        default: break
        }
    }

    private func open(_ params: JSONObject) {
        guard let line = FunctionsLine(params: params) else { return fail("the host's first line is not understood") }
        do throws(FunctionError) {
            let table = try FunctionTable(path: line.image, functions: line.functions)
            self.table = table
            polls = try PollSchedule(loop, polls: line.polls, table: table) { [self] in send($0, $1) }
        } catch {
            return fail(error.reason)
        }
        output.write(StdioLine.notification("ready", nil))
        polls?.start()
    }

    private func fail(_ reason: Text) {
        Self.note(reason)
        exitCode = 1
        loop.stop()
    }

    private func send(_ output: Text, _ body: JSON) {
        // What the host does not read is not kept: the next poll brings a newer value.
        guard self.output.unsentBytes < ModuleProcess.unsentLimit else { return }
        self.output.write(StdioLine.notification("send", ["output": .string(output), "body": body]))
    }

    private func invoke(_ id: JSON, _ params: JSONObject) {
        guard let table, let name = params["name"]?.string else { return }
        let (status, payload) = table.answer(name, params["payload"] ?? .null)
        output.write(StdioLine.result(id, ["status": .integer(Int64(status)), "payload": payload]))
    }

    /// A line of the module's log.
    private static func note(_ text: Text) {
        let line = text.string + "\n"
        _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }
}
