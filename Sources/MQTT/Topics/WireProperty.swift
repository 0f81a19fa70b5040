import JSON

/// Names of system properties as they stand in property bags. (IoT Hub: MQTT support; edgeHub: SystemProperties)
enum WireProperty {
    /// What a system property of a message is called there; nil: it does not travel.
    static func name(of property: Text) -> Text? {
        for (wire, name) in known where name == property { return wire }
        return nil
    }

    /// Which system property of a message it is; nil: none.
    static func property(_ wire: Text) -> Text? {
        for (name, property) in known where name == wire { return property }
        return nil
    }

    /// What a client may say and only the hub knows, or nobody needs here: it is left out.
    static func isIgnored(_ wire: Text) -> Bool { ignored.contains(wire) }

    static let output: Text = "$.on"
    static let device: Text = "$.cdid"
    static let module: Text = "$.cmid"

    private static let known: [(wire: Text, property: Text)] = [
        ("$.mid", "messageId"), ("$.cid", "correlationId"), ("$.uid", "userId"), ("$.to", "to"), ("$.ct", "contentType"),
        ("$.ce", "contentEncoding"), ("$.ctime", "creationTime"), ("$.exp", "expiryTimeUtc"), ("$.schema", "messageSchema"),
        ("$.sub", "component"), ("iothub-ack", "ack"),
    ]

    /// Whose it is, the interface of old plug-and-play, and the trace of IoT Hub's diagnostics.
    private static let ignored: [Text] = [device, module, "$.ifid", "$.diagid", "$.diagctx", "$.tracestate"]
}
