/// What a parser takes before it refuses. All sizes in bytes.
public struct HTTPLimits: Sendable {
    /// The request target, path and query together.
    public var url: Int
    /// Names and values of all headers of one message together, with their separators.
    public var headers: Int
    /// The number of headers of one message.
    public var headerCount: Int
    /// The body of one request, after chunked coding is taken off.
    public var body: Int

    /// The defaults hold every request of IoT Edge's APIs: the largest is a method's payload of 128 KB.
    public init(url: Int = 2048, headers: Int = 8192, headerCount: Int = 100, body: Int = 1 << 20) {
        self.url = url
        self.headers = headers
        self.headerCount = headerCount
        self.body = body
    }
}
