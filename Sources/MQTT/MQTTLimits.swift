/// What an MQTT connection may have. (IoT Hub and edgeHub where they name a number; else ours)
public enum MQTTLimits {
    /// Bytes of the largest packet of a client that is known, its header included. (edgeHub: 256 KB)
    public static let packet = 262_144
    /// Bytes of the largest packet before CONNECT is accepted: user name, token (4 KB at most) and a small will. All that is kept of a
    /// stranger stays below 8 KB with it.
    public static let packetBeforeConnect = 6144
    /// Milliseconds from the accepted connection, TLS handshake included, to CONNECT.
    public static let connectMs: UInt64 = 30_000
    /// Subscriptions of one session. (IoT Hub allows 5)
    public static let subscriptions = 50
    /// Bytes of the stored form of a session.
    public static let storedSession = 4096
    /// Messages on their way to a client that it has not acknowledged, as many as the outbox of the hub holds; as many again of
    /// notices: twin answers, desired properties and method calls.
    public static let inFlight = 256
    /// Publishes of a client that are not acknowledged yet: beyond it, nothing more is read.
    public static let unacknowledged = 256
    /// Bytes of such publishes.
    public static let unacknowledgedBytes = 262_144
    /// Bytes of a topic. (MQTT 3.1.1 section 1.5.3)
    public static let topic = 65_535
    /// Bytes of a `$rid`. SDKs use a UUID or a small number.
    public static let requestID = 256
    /// Bytes of a topic that is remembered with its meaning.
    public static let rememberedTopic = 2048
}
