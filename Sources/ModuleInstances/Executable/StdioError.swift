import JSON

/// A JSON-RPC 2.0 error.
struct StdioError: Error, Equatable {
    /// The codes of JSON-RPC 2.0; `hub` is in the range left to implementations.
    enum Code: Int64 {
        case parseError = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParams = -32602
        /// The hub refused it.
        case hub = -32000
    }

    let code: Code
    let message: Text
    /// Of the line that is answered; nil where it cannot be known.
    let id: JSON?
    /// Of a direct method call that did not come to an answer: IoT Hub's 400, 404, 429 or 504, which goes with the error as
    /// `"data":{"status":…}`.
    let status: Int64?

    init(_ code: Code, _ message: Text, id: JSON? = nil, status: Int64? = nil) {
        self.code = code
        self.message = message
        self.id = id
        self.status = status
    }
}
