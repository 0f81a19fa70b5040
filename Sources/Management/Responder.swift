import HTTP
import JSON

/// The way to answer one request, once, now or later. If the client has left meanwhile, the answer goes nowhere. A responder
/// that is dropped without an answer answers 500.
public final class Responder {
    private var connection: HTTPConnection?
    private let request: HTTPRequest

    init(_ connection: HTTPConnection, _ request: HTTPRequest) {
        self.connection = connection
        self.request = request
    }

    deinit {
        connection?.answer(.failure(500, "the request was not answered"), to: request)
    }

    /// The process that connected, over a unix socket; nil once it was answered.
    public var peerProcessID: Int32? { connection?.peerProcessID }

    /// The client has shown who it is: its connection is not the first to make room for others. See `HTTPServer.onMakingRoom`.
    public func trust() { connection?.isTrusted = true }

    /// Answers with a whole response.
    public func send(_ response: HTTPResponse) {
        let connection = self.connection
        self.connection = nil
        connection?.answer(response, to: request)
    }

    /// Answers with a body that is written by and by.
    public func stream(_ status: Int = 200, headers: HTTPHeaders) -> ResponseStream {
        guard let connection else {
            let closed = ResponseStream(send: { _ in false }, finish: {})
            closed.close()
            return closed
        }
        self.connection = nil
        return connection.answer(StreamedResponse(status, headers: headers, to: request))
    }
}
