import JSON
import Messages
import ModuleIdentities

/// Where messages go: the cloud, or an input of a module of this device, or a device: that has one input, with the empty name.
enum EndpointID: Hashable {
    case upstream
    case input(module: Text, input: Text)

    init(_ sink: RouteSink) {
        switch sink {
        case .upstream: self = .upstream
        case .module(let name, let input): self = .input(module: name, input: input)
        }
    }

    /// As it is stored. A module's name holds no slash, that of a device is a `ClientName`, and so this is unique.
    var name: Text {
        switch self {
        case .upstream: "$upstream"
        case .input(let module, let input): "\(module)/\(input)"
        }
    }

    /// As it is shown: devices as IoT Hub names what is theirs.
    /// - Parameter device: the id of this device.
    func shown(device: Text) -> Text {
        guard case .input(let name, "") = self else { return self.name }
        return "\(ClientName.identity(name, device: device).deviceID)/messages/devicebound"
    }

    /// Messages from the cloud to a device.
    var isCloudToDevice: Bool {
        if case .input(let name, let input) = self { input.isEmpty && EndpointID.isDevice(name) } else { false }
    }

    /// Whether it is the name of this device or of a downstream device.
    static func isDevice(_ name: Text) -> Bool { name.isEmpty || ClientName.isDownstream(name) }

    /// The reverse of `name`.
    init?(name: Text) {
        if name == "$upstream" {
            self = .upstream
            return
        }
        let bytes = Array(name.utf8)
        // The name of a downstream device begins with one, and is followed by another.
        guard let slash = bytes.dropFirst().firstIndex(of: UInt8(ascii: "/")) ?? bytes.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        self = .input(module: Text(utf8: bytes[..<slash]), input: Text(utf8: bytes[(slash + 1)...]))
    }
}
