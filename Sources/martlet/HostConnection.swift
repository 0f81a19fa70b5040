import CPOSIX
import Files
import HTTP
import JSON
import Management
import UV

/// The management socket of a running host, for one command.
final class HostConnection {
    let loop: Loop
    let socketPath: String

    /// - Parameter arguments: may hold `--runtime`.
    @inline(never)
    init(_ arguments: Arguments) throws(CommandFailure) {
        let folder = Self.runtimeDirectory(arguments.value("runtime"))
        socketPath = Files.join(folder, "management.sock")
        do throws(UVError) {
            loop = try Loop()
        } catch {
            throw .failed("no event loop: \(error.description)")
        }
    }

    /// `--runtime`, else `MARTLET_RUNTIME`, else `run` in the current folder where a host's socket is there, else `/run/martlet`.
    private static func runtimeDirectory(_ option: String?) -> String {
        if let option { return option }
        if let variable = getenv("MARTLET_RUNTIME"), variable.pointee != 0 { return String(cString: variable) }
        return Files.exists("run/management.sock") ? "run" : "/run/martlet"
    }

    /// One request and its whole answer.
    /// - Throws: where the host is not there, the exchange broke, or the answer is an error.
    func ask(_ request: HTTPRequest, timeoutMs: UInt64? = nil) throws(CommandFailure) -> HTTPResponse {
        let answer = Answer()
        try exchange(request, timeoutMs: timeoutMs, answer) { answer.body += $0 }
        return HTTPResponse(answer.status, headers: answer.headers, body: answer.body)
    }

    func askJSON(_ request: HTTPRequest, timeoutMs: UInt64? = nil) throws(CommandFailure) -> JSON {
        let body = try ask(request, timeoutMs: timeoutMs).body
        do throws(JSONError) {
            return try JSON.parse(body, memory: .max)
        } catch {
            throw .failed("the host's answer is not JSON: \(error.description)")
        }
    }

    /// One request whose body is taken as it comes, until the host ends it, the time is over or `take` has enough.
    /// - Parameter take: returns false to leave.
    /// - Returns: whether the time was over.
    func stream(
        _ request: HTTPRequest, timeoutMs: UInt64? = nil, _ take: @escaping ([UInt8]) throws(CommandFailure) -> Bool
    ) throws(CommandFailure) -> Bool {
        let answer = Answer()
        var failure: CommandFailure?
        var isLate = false
        let timer = Timer(loop)
        if let timeoutMs {
            timer.start(afterMs: timeoutMs) { [loop] in
                isLate = true
                loop.stop()
            }
        }
        defer { timer.stop() }
        try exchange(request, timeoutMs: nil, answer) { [loop] bytes in
            guard answer.status < 300 else {
                answer.body += bytes
                return
            }
            do throws(CommandFailure) {
                if try take(bytes) { return }
            } catch {
                failure = error
            }
            answer.isEnough = true
            loop.stop()
        }
        if let failure { throw failure }
        return isLate
    }

    private final class Answer {
        var status = 0
        var headers = HTTPHeaders()
        var body: [UInt8] = []
        var error: HTTPExchangeError?
        var hasEnded = false
        var isEnough = false
    }

    private func exchange(
        _ request: HTTPRequest, timeoutMs: UInt64?, _ answer: Answer, _ body: @escaping ([UInt8]) -> Void
    ) throws(CommandFailure) {
        var request = request
        request.keepsAlive = false
        let exchange = HTTPExchange(
            loop, socketPath: socketPath, request: request, timeoutMs: timeoutMs,
            HTTPExchange.Callbacks(
                head: { status, headers in
                    answer.status = status
                    answer.headers = headers
                },
                body: { if !answer.isEnough { body($0) } },
                ended: { [loop] error in
                    answer.error = error
                    answer.hasEnded = true
                    loop.stop()
                }))
        loop.run()
        exchange.cancel()
        if let error = answer.error { throw failure(error) }
        if answer.hasEnded, answer.status >= 400 { throw failure(answer.status, answer.body) }
    }

    private func failure(_ error: HTTPExchangeError) -> CommandFailure {
        switch error.kind {
        case .noServer: .noHost("no host is running here: \(error.reason)")
        case .notPermitted, .connection, .timedOut: .failed(error.reason.string)
        }
    }

    /// What the host refused because of its form is invalid input; everything else failed.
    private func failure(_ status: Int, _ body: [UInt8]) -> CommandFailure {
        let answer = try? JSON.parse(body, memory: .max)
        let message = (answer?["message"] ?? answer?["Message"])?.string?.string ?? "the host answered with status \(status)"
        return status == 400 || status == 413 || status == 422 ? .invalid(message) : .failed(message)
    }
}
