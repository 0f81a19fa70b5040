import CHTTPParser
public import JSON

/// What a request asks for: the path in segments and the query in items, all decoded once.
public struct RequestTarget: Sendable, Equatable {
    /// One item of a query, decoded.
    public struct QueryItem: Sendable, Equatable {
        /// What stands before "=".
        public let name: Text
        /// nil: the name stands without "=".
        public let value: Text?

        /// An item of a query.
        public init(name: Text, value: Text?) {
            self.name = name
            self.value = value
        }
    }

    /// `/modules/a%2Fb/` is `["modules", "a/b"]`: one "/" at the end does not count.
    public var path: [Text]
    /// In the order in which they came; one name may come several times.
    public var query: [QueryItem]

    /// A target of decoded segments and items.
    public init(path: [Text], query: [QueryItem] = []) {
        self.path = path
        self.query = query
    }

    /// The value of the first item of that name; empty where it has none.
    public func query(_ name: Text) -> Text? {
        for item in query where item.name == name { return item.value ?? "" }
        return nil
    }

    /// From the request line: `/path?query`, or a whole URL as a proxy gets it.
    init(parsing url: [UInt8]) throws(HTTPError) {
        guard let (path, query) = Self.parts(of: url) else {
            throw HTTPError(.malformed, "the request target is not a URL: a path such as /modules is expected")
        }
        var segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        if let last = segments.last, last.isEmpty { segments.removeLast() }
        self.path = []
        self.query = []
        for segment in segments { self.path.append(try Self.decode(segment)) }
        for item in query.split(separator: UInt8(ascii: "&")) {
            if let equals = item.firstIndex(of: UInt8(ascii: "=")) {
                let name = try Self.decode(item[..<equals])
                self.query.append(QueryItem(name: name, value: try Self.decode(item[(equals + 1)...])))
            } else {
                self.query.append(QueryItem(name: try Self.decode(item), value: nil))
            }
        }
    }

    private static func parts(of url: [UInt8]) -> (path: ArraySlice<UInt8>, query: ArraySlice<UInt8>)? {
        var parts = martlet_http_url()
        let isURL = url.withUnsafeBytes { bytes in
            martlet_http_parse_url(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &parts)
        }
        guard isURL != 0 else { return nil }
        let slice = { (offset: UInt16, count: UInt16) in url[Int(offset)..<Int(offset) + Int(count)] }
        return (slice(parts.path_offset, parts.path_count), slice(parts.query_offset, parts.query_count))
    }

    @inline(never)
    private static func decode(_ part: ArraySlice<UInt8>) throws(HTTPError) -> Text {
        guard let text = PercentCoding.decode(part) else {
            throw HTTPError(.malformed, "\"\(Text(utf8: part))\" in the request target is not percent-encoded UTF-8 such as caf%C3%A9")
        }
        return text
    }

    /// As it stands in a request line.
    func write(to bytes: inout [UInt8]) {
        if path.isEmpty { bytes.append(UInt8(ascii: "/")) }
        for segment in path {
            bytes.append(UInt8(ascii: "/"))
            PercentCoding.encode(segment, to: &bytes)
        }
        var separator = UInt8(ascii: "?")
        for item in query {
            bytes.append(separator)
            separator = UInt8(ascii: "&")
            PercentCoding.encode(item.name, to: &bytes)
            guard let value = item.value else { continue }
            bytes.append(UInt8(ascii: "="))
            PercentCoding.encode(value, to: &bytes)
        }
    }
}
