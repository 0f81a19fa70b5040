public import JSON

/// One thing to say about a manifest: where, what is wrong, and what would be right.
public struct Finding: Sendable, Equatable {
    /// How much it matters.
    public enum Severity: Sendable, Equatable {
        /// The manifest cannot be used.
        case error
        /// It can be used, and probably not as meant.
        case warning
        /// Good to know.
        case note
    }

    /// Where in the manifest it is.
    public enum Place: Sendable, Equatable {
        /// Both count from 1; the column counts Unicode scalars.
        case position(line: Int, column: Int)
        /// `modulesContent.$edgeAgent["properties.desired"].modules.x`
        case path(JSONPath)
    }

    public var severity: Severity
    public var place: Place
    public var message: Text

    public init(_ severity: Severity, _ place: Place, _ message: Text) {
        self.severity = severity
        self.place = place
        self.message = message
    }
}

extension Finding.Place: CustomStringConvertible {
    /// `3:14` or a path.
    public var description: String {
        switch self {
        case .position(let line, let column): "\(line):\(column)"
        case .path(let path): path.description
        }
    }
}

extension Finding: CustomStringConvertible {
    /// `place: message`
    public var description: String { "\(place.description): \(message)" }
}
