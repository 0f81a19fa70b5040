import JSON
import Messages

/// Where messages go: the cloud, or an input of a module of this device.
enum EndpointID: Hashable {
    case upstream
    case input(module: Text, input: Text)

    init(_ sink: RouteSink) {
        switch sink {
        case .upstream: self = .upstream
        case .module(let name, let input): self = .input(module: name, input: input)
        }
    }

    /// As it is shown and stored. A module's name holds no slash, so this is unique.
    var name: Text {
        switch self {
        case .upstream: "$upstream"
        case .input(let module, let input): "\(module)/\(input)"
        }
    }

    /// The reverse of `name`.
    init?(name: Text) {
        if name == "$upstream" {
            self = .upstream
            return
        }
        let bytes = Array(name.utf8)
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        self = .input(module: Text(utf8: bytes[..<slash]), input: Text(utf8: bytes[(slash + 1)...]))
    }
}
