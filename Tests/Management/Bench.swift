import HTTP
import JSON
import Management
import TestSupport
import UV

/// A management server of a `TestDevice` on a socket of its own, and ways to talk to it.
final class Bench {
    struct Answer {
        var status = 0
        var headers = HTTPHeaders()
        var body: [UInt8] = []
        var error: HTTPExchangeError?
        var hasEnded = false

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSON? { try? JSON.parse(body) }
        var message: Text? { json?["message"]?.string }
    }

    let loop: Loop
    let folder = TemporaryFolder()
    let device = TestDevice()
    let server: ManagementServer
    private var exchanges: [HTTPExchange] = []

    var path: String { folder.path("management.sock") }

    init(_ limits: HTTPServerLimits = HTTPServerLimits()) throws {
        loop = try Loop()
        server = try ManagementServer(loop, path: folder.path("management.sock"), device: device, limits: limits)
    }

    /// One request over the real client, until its response is complete.
    func ask(
        _ method: HTTPMethod, _ path: [Text], _ query: [RequestTarget.QueryItem] = [], headers: HTTPHeaders = [:], body: String = ""
    ) -> Answer {
        final class Box { var answer = Answer() }
        let box = Box()
        let request = HTTPRequest(method, path: path, query: query, headers: headers, body: Array(body.utf8), keepsAlive: false)
        let exchange = HTTPExchange(
            loop, socketPath: self.path, request: request,
            .init(
                head: {
                    box.answer.status = $0; box.answer.headers = $1
                }, body: { box.answer.body += $0 },
                ended: {
                    box.answer.error = $0; box.answer.hasEnded = true
                }))
        _ = run(loop) { box.answer.hasEnded }
        exchange.cancel()
        return box.answer
    }

    /// A connection that sends what a test says, byte by byte if need be.
    func connect() -> Raw {
        let raw = Raw()
        Stream.connect(loop, unixPath: path) { result in
            guard case .success(let stream) = result else { return }
            raw.stream = stream
            stream.read(
                { raw.received += $0 },
                end: {
                    raw.error = $0; raw.hasEnded = true
                })
        }
        _ = run(loop) { raw.stream != nil }
        return raw
    }

    final class Raw {
        var stream: Stream?
        var received: [UInt8] = []
        var hasEnded = false
        var error: UVError?

        var text: String { String(decoding: received, as: UTF8.self) }
        func send(_ text: String) { stream?.write(Array(text.utf8), done: nil) }
        func has(_ text: String) -> Bool { self.text.utf8.count >= text.utf8.count && self.text.contains(text) }
    }

    /// Runs curl against the socket: its standard output and exit code.
    func curl(_ arguments: String...) throws -> (output: String, code: ExitStatus?) {
        var output: [UInt8] = []
        var isAtEnd = false
        var status: ExitStatus?
        var options = ChildOptions(file: "/usr/bin/curl", arguments: ["curl", "-s", "--max-time", "8", "--unix-socket", path] + arguments)
        options.standardOutput = .pipe
        let child = try ChildProcess(loop, options) { status = $0 }
        child.standardOutput?.read({ output += $0 }, end: { _ in isAtEnd = true })
        _ = run(loop) { isAtEnd && status != nil }
        return (String(decoding: output, as: UTF8.self), status)
    }
}
