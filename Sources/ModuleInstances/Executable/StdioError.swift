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

    init(_ code: Code, _ message: Text, id: JSON? = nil) {
        self.code = code
        self.message = message
        self.id = id
    }
}
