public import JSON
public import ModuleIdentities

/// What a publish of a client means, by its topic. (IoT Hub: MQTT support)
public enum ClientTopic {
    /// `devices/{d}[/modules/{m}]/messages/events[/{bag}]`
    case telemetry(MessageHead)
    /// `$iothub/twin/GET/?$rid={id}`
    case twinGet(requestID: Text)
    /// `$iothub/twin/PATCH/properties/reported/?$rid={id}`; nil: nobody waits for an answer.
    case reported(requestID: Text?)
    /// `$iothub/methods/res/{status}/?$rid={id}`. A status that is no number is 400000, as edgeHub tells the caller.
    case methodResponse(status: Int, requestID: Text)

    /// - Parameters:
    ///   - topic: UTF-8, as `PublishPacket` has checked it.
    ///   - identity: whose connection it is. Ids compare byte by byte, as they are or percent-encoded.
    public static func read(_ topic: UnsafeRawBufferPointer, of identity: ModuleIdentity) throws(PublishError) -> ClientTopic {
        var reader = TopicReader(topic)
        switch reader.owner(identity) {
        case .own:
            guard reader.take("messages/events"), reader.isAtEnd || reader.take("/") else { throw unknown(topic) }
            return .telemetry(try PropertyBag.read(reader.rest))
        case .other:
            throw PublishError(
                .foreignTopic,
                "the topic \(Text(utf8: topic).quoted) is not that of the client; it may publish on \(ServerTopic.events(of: identity))")
        case .none: break
        }
        if reader.take("$iothub/twin/GET/") {
            guard let requestID = try requestID(reader.rest), !requestID.isEmpty else {
                throw PublishError(.malformedTopic, "a twin is asked for without $rid; publish on $iothub/twin/GET/?$rid=1")
            }
            return .twinGet(requestID: requestID)
        }
        if reader.take("$iothub/twin/PATCH/properties/reported/") {
            let requestID = try requestID(reader.rest)
            return .reported(requestID: requestID?.isEmpty == true ? nil : requestID)
        }
        if reader.take("$iothub/methods/res/"), let status = reader.level() {
            return .methodResponse(status: number(status) ?? 400_000, requestID: try requestID(reader.rest) ?? "")
        }
        throw unknown(topic)
    }

    /// The value of `$rid` in `?$rid=5&…`, byte for byte.
    private static func requestID(_ query: UnsafeRawBufferPointer) throws(PublishError) -> Text? {
        guard query.first == UInt8(ascii: "?") else { return nil }
        for item in query.dropFirst().split(separator: UInt8(ascii: "&")) where item.starts(with: "$rid=".utf8) {
            let value = item.dropFirst(5)
            if value.count > MQTTLimits.requestID {
                throw PublishError(
                    .malformedTopic, "the $rid of the topic has \(value.count) bytes; at most \(MQTTLimits.requestID) are taken")
            }
            return Text(utf8: value)
        }
        return nil
    }

    private static func number(_ digits: UnsafeRawBufferPointer) -> Int? {
        let isNegative = digits.first == UInt8(ascii: "-")
        let digits = digits.dropFirst(isNegative ? 1 : 0)
        guard (1...9).contains(digits.count) else { return nil }
        var value = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return isNegative ? -value : value
    }

    @inline(never)
    private static func unknown(_ topic: UnsafeRawBufferPointer) -> PublishError {
        PublishError(.unknownTopic, "the topic \(Text(utf8: topic).quoted) means nothing here; see the article on MQTT for those that do")
    }
}
