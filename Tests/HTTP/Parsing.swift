import HTTP

/// What a parser makes of a text that comes in pieces of some length.
func requests(_ text: String, piece: Int = .max, limits: HTTPLimits = HTTPLimits()) throws -> [HTTPRequest] {
    let parser = RequestParser(limits: limits)
    var requests: [HTTPRequest] = []
    for bytes in pieces(of: Array(text.utf8), piece) {
        try bytes.withUnsafeBytes { try parser.feed($0) }
        while let request = try parser.next() { requests.append(request) }
    }
    return requests
}

func events(_ text: String, piece: Int = .max, ends: Bool = false) throws -> [ResponseParser.Event] {
    let parser = ResponseParser()
    var events: [ResponseParser.Event] = []
    for bytes in pieces(of: Array(text.utf8), piece) {
        events += try bytes.withUnsafeBytes { try parser.feed($0) }
    }
    return ends ? events + (try parser.finish()) : events
}

func pieces(of bytes: [UInt8], _ count: Int) -> [[UInt8]] {
    stride(from: 0, to: bytes.count, by: min(count, bytes.count)).map { Array(bytes[$0..<min(bytes.count, $0 &+ min(count, bytes.count))]) }
}

/// The kind of error that a request is refused with; nil where it is taken.
func refusal(_ text: String, piece: Int = .max, limits: HTTPLimits = HTTPLimits()) -> HTTPError.Kind? {
    do {
        _ = try requests(text, piece: piece, limits: limits)
        return nil
    } catch {
        return (error as? HTTPError)?.kind
    }
}
