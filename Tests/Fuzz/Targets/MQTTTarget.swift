import JSON

extension FuzzTarget {
    /// What a client of MQTT sends. Behind a byte from 0xF0 on, which begins no packet, the client is known already.
    static let mqtt = FuzzTarget(name: "mqtt") { bytes in
        guard let first = bytes.first else { return nil }
        var client = FuzzedClient(isKnown: first >= 0xF0, isDevice: first & 1 == 1)
        return (first >= 0xF0 ? bytes[1...] : bytes[...]).withUnsafeBytes { client.fault(of: $0) }
    }
}
