public import JSON
import ModuleIdentities

/// The source of a route: a prefix of message paths, compared without regard to the case of ASCII letters, segment by segment.
///
/// ```
/// message                     its path
/// of a module's output        /messages/modules/{module}/outputs/{output}
/// of a module, no output      /messages/modules/{module}
/// of a device                 /messages
/// a change of reported        /twinChangeNotifications
/// ```
/// The pattern loses its trailing `*` and then its trailing `/`; a `*` elsewhere is literal. `/` and `/*` select everything, the
/// changes of reported properties included. (IoT Edge: BaseMessageSource)
public struct RouteSource: Sendable {
    /// As it was written.
    public let pattern: Text
    /// Lower case, ends with one slash.
    private let prefix: [UInt8]

    public init(_ pattern: Text) {
        self.pattern = pattern
        var bytes = pattern.utf8.map(ASCII.lowercased)
        while bytes.last == UInt8(ascii: "*") { bytes.removeLast() }
        while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        bytes.append(UInt8(ascii: "/"))
        prefix = bytes
    }

    /// The module whose messages alone it selects, as written; nil if it selects those of others too, or none.
    public var module: Text? {
        let segments = pattern.utf8.split(separator: UInt8(ascii: "/"))
        guard segments.count > 2, ASCII.equalIgnoringCase(Text(utf8: segments[0]), "messages"),
            ASCII.equalIgnoringCase(Text(utf8: segments[1]), "modules")
        else { return nil }
        var name = Array(segments[2])
        if segments.count == 3 { while name.last == UInt8(ascii: "*") { name.removeLast() } }
        return name.isEmpty ? nil : Text(utf8: name)
    }

    /// Whether a message goes this way.
    /// - Parameters:
    ///   - module: the `ClientName` of the sender: all messages of devices have the same path.
    ///   - output: empty: sent without one.
    public func matches(module: Text, output: Text) -> Bool {
        if module.isEmpty || ClientName.isDownstream(module) { return matches(path: "/messages") }
        if output.isEmpty { return matches(path: "/messages/modules/\(module)") }
        return matches(path: "/messages/modules/\(module)/outputs/\(output)")
    }

    /// Whether a change of reported properties goes this way.
    public var matchesTwinChanges: Bool { matches(path: "/twinChangeNotifications") }

    /// Whether there are messages at all that go this way, whatever the modules and outputs are called.
    var canMatch: Bool {
        let segments = prefix.split(separator: UInt8(ascii: "/"))
        if segments.isEmpty || matchesTwinChanges { return true }
        let shape: [Text?] = ["messages", "modules", nil, "outputs", nil]
        guard segments.count <= shape.count else { return false }
        return zip(segments, shape).allSatisfy { segment, fixed in fixed.map { segment.elementsEqual($0.utf8) } ?? true }
    }

    /// Whether a message of this path goes this way. No trailing slash.
    public func matches(path: Text) -> Bool {
        var index = 0
        for byte in path.utf8 {
            if index == prefix.count { return true }
            if ASCII.lowercased(byte) != prefix[index] { return false }
            index += 1
        }
        return index == prefix.count || (index == prefix.count - 1 && prefix[index] == UInt8(ascii: "/"))
    }
}

extension RouteSource: Equatable {
    /// Sources that select the same messages are equal.
    public static func == (left: RouteSource, right: RouteSource) -> Bool { left.prefix == right.prefix }
}
