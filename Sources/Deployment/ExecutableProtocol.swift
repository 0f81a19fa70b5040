public import JSON

/// How an executable talks to the host.
public enum ExecutableProtocol: ManifestWord {
    /// JSON-RPC over standard input and output, one object a line.
    case stdio
    /// Azure IoT Edge's environment: workload API and MQTT.
    case edge
    /// It does not talk to the host.
    case none

    public static var noun: Text { "a protocol" }

    public static var words: [(word: Text, value: ExecutableProtocol)] {
        [("stdio", .stdio), ("edge", .edge), ("none", .none)]
    }
}
