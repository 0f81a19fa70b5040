import HTTP
import JSON
import UV

/// A client: one request over a unix socket and its response. Drop or `cancel` it to leave.
public final class HTTPExchange {
    /// What to do with the response. Everything is called on the loop's thread, `ended` once and last.
    public struct Callbacks {
        /// Once, first.
        public var head: (_ status: Int, _ headers: HTTPHeaders) -> Void
        /// A piece of the body, as it comes.
        public var body: ([UInt8]) -> Void
        /// nil: the response is complete.
        public var ended: (HTTPExchangeError?) -> Void

        /// Three closures; what they capture is released at the end.
        public init(
            head: @escaping (_ status: Int, _ headers: HTTPHeaders) -> Void, body: @escaping ([UInt8]) -> Void,
            ended: @escaping (HTTPExchangeError?) -> Void
        ) {
            self.head = head
            self.body = body
            self.ended = ended
        }
    }

    private let socketPath: String
    private let timer: Timer
    private let parser = ResponseParser()
    private var stream: Stream?
    private var callbacks: Callbacks?

    /// Connects and sends.
    /// - Parameter timeoutMs: for the whole exchange, in milliseconds; nil: as long as it takes.
    public init(_ loop: Loop, socketPath: String, request: HTTPRequest, timeoutMs: UInt64? = nil, _ callbacks: Callbacks) {
        self.socketPath = socketPath
        self.callbacks = callbacks
        timer = Timer(loop)
        let exchange = Unmanaged.passUnretained(self)
        if let timeoutMs {
            timer.start(afterMs: timeoutMs, everyMs: 0) {
                exchange.takeUnretainedValue().end(HTTPExchangeError(.timedOut, "no answer within \(timeoutMs) ms"))
            }
        }
        let bytes = request.bytes
        let life = self.life
        stream = Stream.connect(loop, unixPath: socketPath) { result in
            guard life.isAlive else { return }
            exchange.takeUnretainedValue().connected(result, bytes)
        }
    }

    /// Connecting cannot be called off: whether anybody still waits for it.
    private final class Life {
        var isAlive = true
    }

    private let life = Life()

    deinit {
        cancel()
    }

    /// Leaves; nothing is called any more. Idempotent.
    public func cancel() {
        life.isAlive = false
        callbacks = nil
        timer.stop()
        stream?.close()
        stream = nil
    }

    private func connected(_ result: Result<Stream, UVError>, _ bytes: [UInt8]) {
        switch result {
        case .failure(let error): end(connectError(error))
        case .success(let stream):
            self.stream = stream
            let exchange = Unmanaged.passUnretained(self)
            stream.read({ exchange.takeUnretainedValue().take($0) }, end: { exchange.takeUnretainedValue().inputEnded($0) })
            // A write that fails is no failure yet: a server that refuses answers before it has read everything.
            stream.write(bytes, done: nil)
        }
    }

    private func connectError(_ error: UVError) -> HTTPExchangeError {
        let kind: HTTPExchangeError.Kind =
            error == .noEntry || error == .connectionRefused
            ? .noServer : error == .permissionDenied || error == .notPermitted ? .notPermitted : .connection
        return HTTPExchangeError(kind, "\(socketPath): \(error.message)")
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        do throws(HTTPError) {
            handle(try parser.feed(bytes))
        } catch {
            end(HTTPExchangeError(.connection, error.reason))
        }
    }

    private func inputEnded(_ error: UVError?) {
        if let error { return end(HTTPExchangeError(.connection, "\(socketPath): \(error.message)")) }
        do throws(HTTPError) {
            handle(try parser.finish())
        } catch {
            end(HTTPExchangeError(.connection, "the host ended the connection before its answer was complete"))
        }
    }

    private func handle(_ events: [ResponseParser.Event]) {
        for event in events {
            switch event {
            case .head(let status, let headers): callbacks?.head(status, headers)
            case .body(let bytes): callbacks?.body(bytes)
            case .end: end(nil)
            }
        }
    }

    private func end(_ error: HTTPExchangeError?) {
        let ended = callbacks?.ended
        cancel()
        ended?(error)
    }
}
