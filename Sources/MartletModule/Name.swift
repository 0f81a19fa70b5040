/// The name of an input, method or property. Compares by its bytes, as names do on the host; works in `switch`.
public struct Name: Equatable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public init(stringLiteral text: String) {
        self.text = text
    }

    public var description: String { text }

    public static func == (left: Name, right: Name) -> Bool {
        left.text.utf8Bytes == right.text.utf8Bytes
    }
}
