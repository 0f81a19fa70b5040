/// How long a client may be silent. (MQTT 3.1.1 section 3.1.2.10, edgeHub, IoT Hub)
public enum KeepAlive {
    /// Seconds for a client that promises nothing. (edgeHub: MaxKeepAliveTimeout)
    private static let none: UInt64 = 600
    /// Seconds beyond which no silence is waited for. (IoT Hub)
    private static let longest: UInt64 = 1767

    /// Milliseconds after the last packet of a client when its connection is taken for lost: one and a half times what it promised.
    /// [MQTT-3.1.2-24]
    public static func silenceMs(_ seconds: UInt16) -> UInt64 {
        seconds == 0 ? none * 1000 : min(UInt64(seconds) * 1500, longest * 1000)
    }
}
