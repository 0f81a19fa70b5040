public import JSON

/// Why a text is not a route, and where.
public struct RouteError: Error, Sendable, Equatable {
    /// From 1.
    public let line: Int
    /// From 1, in Unicode scalars.
    public let column: Int
    /// What is wrong and what would be right, without the place.
    public let message: Text

    public init(line: Int, column: Int, message: Text) {
        self.line = line
        self.column = column
        self.message = message
    }
}

extension RouteError: CustomStringConvertible {
    /// `line 1, column 9: …`
    public var description: String { "line \(line), column \(column): \(message)" }
}

extension RouteError {
    /// At a byte of a text.
    init(at offset: Int, of bytes: [UInt8], _ message: Text) {
        let place = bytes.withUnsafeBytes { TextPlace(at: offset, of: $0) }
        self.init(line: place.line, column: place.column, message: message)
    }
}
