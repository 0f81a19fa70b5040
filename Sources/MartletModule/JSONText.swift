/// A JSON text, read member by member without building a tree of it.
///
/// ```swift
/// let limit = twin.number("desired", "limit") ?? 80
/// ```
///
/// A path goes through objects by member name and through arrays by index (`"0"`). Names compare by their bytes; of two equal
/// names the first counts. What comes before the member must be valid JSON, or nothing is found; nesting is limited to 32 levels.
public struct JSONText: Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public init(_ text: String) {
        bytes = text.utf8Bytes
    }

    /// What a value is.
    public enum Kind: Sendable {
        case null, bool, number, string, array, object
    }

    /// Whether the whole text is one valid JSON value; that its strings are UTF-8 is not looked at.
    public var isValid: Bool {
        var scanner = JSONScanner(bytes)
        return scanner.skipValue() && scanner.isAtEnd
    }

    /// What is at a path; nil if nothing is.
    public func kind(_ path: String...) -> Kind? { find(path)?.kind }

    /// The number at a path, within a few units of the last place; exact up to 15 digits.
    public func number(_ path: String...) -> Double? {
        guard var scanner = find(path) else { return nil }
        return scanner.readNumber()?.double
    }

    /// The number at a path if it is a whole one that fits; `5.0` and `5e0` are whole.
    public func integer(_ path: String...) -> Int64? {
        guard var scanner = find(path) else { return nil }
        return scanner.readNumber()?.integer
    }

    /// The string at a path, its escapes resolved; bytes that are not UTF-8 become U+FFFD.
    public func string(_ path: String...) -> String? {
        guard var scanner = find(path), let text = scanner.readString() else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    /// `true` or `false` at a path.
    public func bool(_ path: String...) -> Bool? {
        guard var scanner = find(path) else { return nil }
        if scanner.take(literal: "true") { return true }
        if scanner.take(literal: "false") { return false }
        return nil
    }

    /// The text of the value at a path, of an object for example.
    public func value(_ path: String...) -> JSONText? {
        guard var scanner = find(path) else { return nil }
        let start = scanner.position
        guard scanner.skipValue() else { return nil }
        return JSONText([UInt8](bytes[start..<scanner.position]))
    }

    private func find(_ path: [String]) -> JSONScanner? {
        var scanner = JSONScanner(bytes)
        scanner.skipSpace()
        for step in path {
            guard scanner.enter(step) else { return nil }
        }
        return scanner.kind == nil ? nil : scanner
    }
}
