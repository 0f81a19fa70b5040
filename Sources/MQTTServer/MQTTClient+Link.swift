import JSON
import MQTT
import Messages
import ModuleIdentities
import ModuleLinks

// The client as the hub sees it.
extension MQTTClient: ModuleLink {
    var acknowledges: Bool { true }
    var isAuthenticated: Bool { true }

    func takes(input: Text) -> Bool { quality(ofInput: input) != nil }

    var takesMethods: Bool { session.quality(of: .methods) != nil }

    /// Messages of the cloud to a device have no input.
    private func quality(ofInput input: Text) -> UInt8? {
        input.isEmpty ? session.quality(of: .cloudToDevice) : session.quality(ofInput: input)
    }

    func deliver(_ delivery: Delivery) -> Bool {
        guard let connection, connection.isOpen else { return true }
        if !lastTopic.isOf(delivery.message, input: delivery.input), !findTopic(delivery) { return true }
        var (id, isDuplicate): (UInt16, Bool) = (0, false)
        if lastTopic.quality > 0 {
            guard let flight = session.begin(delivery.receipt) else {
                // The hub has no more on their way than there are ids.
                connection.violated("more than \(MQTTLimits.inFlight) messages are on their way to it")
                return true
            }
            (id, isDuplicate) = flight
        } else {
            session.forget(delivery.receipt)
        }
        delivery.message.withBody { body in
            lastTopic.bytes.withUnsafeBytes { topic in
                connection.write {
                    OutgoingPublish(topic: topic, payload: body, id: id, isDuplicate: isDuplicate).append(to: &$0)
                }
            }
        }
        server.counters.publishesOut += 1
        if id == 0 { port?.took(delivery.receipt) }
        return connection.hasRoom()
    }

    /// - Returns: false: the message cannot be delivered.
    @inline(never)
    private func findTopic(_ delivery: Delivery) -> Bool {
        let message = delivery.message
        guard let quality = quality(ofInput: delivery.input) else { return false }
        let sender = ClientName.identity(message.module, device: server.hub.deviceID)
        let topic =
            delivery.input.isEmpty
            ? ServerTopic.cloudToDevice(of: identity, message)
            : ServerTopic.input(delivery.input, of: identity, message, sender: sender)
        guard let topic else {
            server.say(.ignored, 4, "a message of \(server.shown(message.module)) to \(shown) is dropped: its properties make no topic")
            port?.took(delivery.receipt)
            return false
        }
        lastTopic = DeliveryTopic(message, input: delivery.input, bytes: topic, quality: quality)
        return true
    }

    func desired(_ patch: JSONObject, version: UInt64) {
        guard let quality = session.quality(of: .desired), let connection else { return }
        guard connection.unsentBytes <= 4 * server.limits.unsentBytes else {
            return connection.violated("it does not read what it is sent")
        }
        var patch = patch
        patch["$version"] = .integer(Int64(clamping: version))
        notify(ServerTopic.desired(version: version), JSON.object(patch).bytes(), quality)
    }

    func invoke(_ call: MethodCall) {
        guard let quality = session.quality(of: .methods), let connection else {
            return call.end(.notFound(reason: "\(shown) has not subscribed to direct methods"))
        }
        guard connection.unsentBytes <= 2 * server.limits.unsentBytes else {
            return call.end(.notFound(reason: "\(shown) does not read what it is sent"))
        }
        // Those that nobody waits for any longer.
        if calls.count >= 64 { calls = calls.filter { !$0.value.isAnswered } }
        lastCall += 1
        calls[lastCall] = call
        notify(ServerTopic.method(call.method, requestID: "\(lastCall)"), call.payload == .null ? [] : call.payload.bytes(), quality)
    }

    func cutOff(_ reason: Text) {
        server.say(.session, 4, "\(shown) is disconnected: \(reason)")
        connection?.close()
    }

    /// Sends something that is no message.
    func notify(_ topic: [UInt8], _ payload: [UInt8], _ quality: UInt8) {
        guard let connection, connection.isOpen else { return }
        var id: UInt16 = 0
        if quality > 0 {
            guard let notice = session.beginNotice() else {
                return connection.violated("it leaves \(MQTTLimits.inFlight) answers and notices unacknowledged")
            }
            id = notice
        }
        server.counters.publishesOut += 1
        connection.write { output in
            topic.withUnsafeBytes { topic in
                payload.withUnsafeBytes { OutgoingPublish(topic: topic, payload: $0, id: id).append(to: &output) }
            }
        }
    }
}
