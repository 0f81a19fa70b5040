import HTTP
import JSON

extension FuzzTarget {
    /// Requests of a connection: the same however they are cut into pieces, within the limits, and read again as they are written.
    ///
    /// The first byte says how they are cut.
    static let httpRequest = FuzzTarget(name: "http-request") { bytes in
        guard let cut = bytes.first else { return nil }
        let stream = bytes[1...]
        let limits = HTTPLimits()
        let whole = requests(stream, piece: stream.count)
        for piece in [Int(cut) % 32 + 1, Int(cut) + 100] {
            let other = requests(stream, piece: piece)
            guard other.texts == whole.texts else { return "in pieces of \(piece): \(other.texts), and not \(whole.texts)" }
        }
        for request in whole.requests {
            guard request.body.count <= limits.body, request.headers.fields.count <= limits.headerCount + 1 else { return "over a limit" }
            // Without what frames a request, which `bytes` says itself.
            var again = HTTPRequest(request.method, path: request.path, query: request.target.query, body: request.body)
            again.keepsAlive = request.keepsAlive
            guard again.bytes.count < limits.url else { continue }
            let read = requests(again.bytes[...], piece: again.bytes.count).requests
            guard read.count == 1, read[0].method == request.method, read[0].body == request.body, read[0].keepsAlive == request.keepsAlive,
                isSame(read[0].target, request.target)
            else { return "written, it is another: \(describe(request))" }
        }
        return nil
    }

    /// One "/" at the end of a path does not count, so that an empty last segment is not written.
    private static func isSame(_ left: RequestTarget, _ right: RequestTarget) -> Bool {
        var path = right.path
        if path.last?.isEmpty == true { path.removeLast() }
        return left.query == right.query.filter { !$0.name.isEmpty || $0.value != nil } && left.path == path
    }

    private static func requests(_ stream: ArraySlice<UInt8>, piece: Int) -> (requests: [HTTPRequest], texts: [String]) {
        let parser = RequestParser()
        var requests: [HTTPRequest] = []
        var rest = stream
        do throws(HTTPError) {
            while !rest.isEmpty {
                let now = rest.prefix(piece)
                rest = rest.dropFirst(now.count)
                try now.withUnsafeBufferPointer { (bytes) throws(HTTPError) in try parser.feed(UnsafeRawBufferPointer(bytes)) }
                while let request = try parser.next() { requests.append(request) }
            }
        } catch {
            return (requests, requests.map(describe) + ["\(error.kind)"])
        }
        return (requests, requests.map(describe))
    }

    private static func describe(_ request: HTTPRequest) -> String {
        let query = request.target.query.map { "\($0.name.quoted)=\($0.value?.quoted ?? "-")" }
        let headers = request.headers.fields.map { "\($0.name): \($0.value)" }
        return "\(request.method) \(request.path) \(query) \(headers) \(request.body) \(request.keepsAlive) \(request.takesChunks)"
    }
}
