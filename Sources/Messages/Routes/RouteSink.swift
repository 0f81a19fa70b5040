public import JSON

/// Where a route leads.
public enum RouteSink: Sendable, Equatable {
    /// `$upstream`: the cloud.
    case upstream
    /// `BrokeredEndpoint("/modules/insight/inputs/readings")`: an input of a module of this device.
    case module(name: Text, input: Text)
}

extension RouteSink {
    /// The argument of `BrokeredEndpoint`: four parts, of which the second is the module and the fourth the input; one slash before
    /// and one after are allowed. As IoT Edge, it does not look at the other two parts.
    init?(path: Text) {
        var bytes = Array(path.utf8)[...]
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        bytes = bytes.drop(while: isSpace)
        if bytes.first == UInt8(ascii: "/") { bytes.removeFirst() }
        if bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 4, !parts[1].isEmpty, !parts[3].isEmpty else { return nil }
        self = .module(name: Text(utf8: parts[1]), input: Text(utf8: parts[3]))
    }
}
