import HTTP
import JSON
import Transport
import UV

/// One client of an `HTTPServer`.
///
///     receiving ──request──► handling ──answered──► receiving …
///                               └──► streaming ──end──┘
///     any ──error──► draining ──the client closes, or 5 s──► closed
final class HTTPConnection {
    private enum State {
        case receiving
        case handling
        case streaming(ResponseStream)
        /// The last answer is on its way; what still comes is thrown away, so that the client gets to read it.
        case draining
        case closed
    }

    private static let drainMs: UInt64 = 5000

    private let stream: Transport
    private let parser: RequestParser
    /// Not used any more once closed: the server closes its connections before it goes.
    private unowned(unsafe) let server: HTTPServer
    private var state = State.receiving
    private var isAdvancing = false
    private var isPaused = false
    private(set) var inputHasEnded = false
    /// It has sent a whole request by which it has shown who it is.
    var isTrusted = false
    private var saidGoOn = false
    private var hasAskedForHead = false
    /// What is wrong with the request after the one that is being answered.
    private var failure: HTTPError?

    /// When the connection expires, in milliseconds of monotonic time.
    private(set) var deadline: UInt64?

    /// The process at the other end of a unix socket.
    var peerProcessID: Int32? { stream.peerProcessID }

    /// Nothing of a request has come, and all answers are gone.
    var isIdle: Bool { if case .receiving = state { !parser.isInsideRequest && stream.unsentBytes == 0 } else { false } }

    init(_ stream: Transport, server: HTTPServer) {
        self.stream = stream
        self.server = server
        parser = RequestParser(limits: server.limits.messages)
    }

    func open() {
        deadline = server.deadline(in: server.limits.requestMs)
        let connection = Unmanaged.passUnretained(self)
        stream.onDrain = { connection.takeUnretainedValue().drained() }
        stream.read({ connection.takeUnretainedValue().take($0) }, end: { connection.takeUnretainedValue().inputEnded($0) })
    }

    /// Idempotent. A stream that is being written is told.
    func close() {
        if case .closed = state { return }
        let last = state
        state = .closed
        deadline = nil
        stream.close()
        server.forget(self)
        if case .streaming(let body) = last { body.close() }
    }

    func expire() {
        deadline = nil
        if case .receiving = state, parser.isInsideRequest {
            refuse(408, "the request did not arrive within \(server.limits.requestMs / 1000) s")
        } else {
            close()
        }
    }

    // MARK: - Reading

    private func take(_ bytes: UnsafeRawBufferPointer) {
        if case .draining = state { return }
        if failure != nil { return }
        do throws(HTTPError) {
            try parser.feed(bytes)
            if case .receiving = state, let refusal = try refusalOfHead() { return send(last: refusal) }
        } catch {
            failure = error
        }
        advance()
        boundInput()
    }

    private func inputEnded(_ error: TransportError?) {
        inputHasEnded = true
        if error != nil { return close() }
        switch state {
        case .handling: break
        case .receiving: advance()
        case .streaming, .draining, .closed: close()
        }
    }

    /// Takes requests as long as they can be answered.
    private func advance() {
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while case .receiving = state, stream.unsentBytes <= server.limits.bufferedBytes {
            do throws(HTTPError) {
                guard let request = try parser.next() else { return wait() }
                begin(request)
            } catch {
                failure = error
                return wait()
            }
        }
    }

    /// There is no whole request.
    private func wait() {
        if let failure {
            refuse(failure.status, failure.reason)
        } else if inputHasEnded {
            finish()
        } else if parser.expectsGoOn && !saidGoOn {
            saidGoOn = true
            stream.write(HTTPResponse.goOn, done: nil)
        }
    }

    /// Before the body of a request is waited for, its head may be enough to refuse it.
    private func refusalOfHead() throws(HTTPError) -> HTTPResponse? {
        guard let refuses = server.refusesHead, !hasAskedForHead, let head = try parser.head() else { return nil }
        hasAskedForHead = true
        return refuses(head)
    }

    private func begin(_ request: HTTPRequest) {
        state = .handling
        deadline = nil
        saidGoOn = false
        hasAskedForHead = false
        server.handle(request, Responder(self, request))
    }

    /// A client that sends more than we keep waits; one that does so behind a stream is closed, since nobody would notice its end.
    private func boundInput() {
        let isTooMuch = parser.bufferedBytes > server.limits.bufferedBytes
        if case .closed = state { return }
        if case .streaming = state, isTooMuch { return close() }
        guard isTooMuch != isPaused else { return }
        isPaused = isTooMuch
        if isTooMuch { stream.pauseReading() } else { stream.resumeReading() }
    }

    // MARK: - Answering

    /// The answer to the request that is being handled.
    func answer(_ response: HTTPResponse, to request: HTTPRequest) {
        guard case .handling = state else { return }
        stream.write(response.bytes(keepsAlive: request.keepsAlive, toHead: request.method == .head), done: nil)
        completed(staysOpen: request.keepsAlive)
    }

    /// Begins a streamed answer.
    func answer(_ response: StreamedResponse) -> ResponseStream {
        let isOpen = if case .handling = state { true } else { false }
        let body = ResponseStream(
            send: { [self] in isOpen && send(response.piece($0)) },
            finish: { [self] in
                guard isOpen, case .streaming = state else { return }
                stream.write(response.end, done: nil)
                completed(staysOpen: response.leavesConnectionOpen)
            })
        if isOpen {
            state = .streaming(body)
            stream.write(response.head, done: nil)
            if inputHasEnded { close() }
        } else {
            body.close()
        }
        return body
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        guard case .streaming = state else { return false }
        if stream.unsentBytes > server.limits.unreadStreamBytes {
            close()
            return false
        }
        stream.write(bytes, done: nil)
        return true
    }

    private func completed(staysOpen: Bool) {
        guard staysOpen else { return finish() }
        state = .receiving
        deadline = server.deadline(in: server.limits.requestMs)
        advance()
        boundInput()
    }

    private func refuse(_ status: Int, _ reason: Text) { send(last: .failure(status, reason)) }

    private func send(last response: HTTPResponse) {
        stream.write(response.bytes(keepsAlive: false), done: nil)
        finish()
    }

    /// Lets the client read what was written, then closes.
    private func finish() {
        state = .draining
        deadline = server.deadline(in: Self.drainMs)
        if isPaused { stream.resumeReading() }
        isPaused = false
        stream.finishWriting()
        if inputHasEnded && stream.unsentBytes == 0 { close() }
    }

    private func drained() {
        switch state {
        case .receiving:
            deadline = server.deadline(in: server.limits.requestMs)
            advance()
            boundInput()
        case .draining: if inputHasEnded { close() }
        case .handling, .streaming, .closed: break
        }
    }
}
