import JSON
import MQTT
import Messages
import ModuleIdentities
import ModuleLinks

/// One identity as a client: its session, and its connection while it has one.
final class MQTTClient {
    /// As the hub names it.
    let name: Text
    let identity: ModuleIdentity
    unowned(unsafe) let server: MQTTServer
    /// Between CONNECT and the end.
    private(set) var connection: MQTTConnection?
    /// While it is connected.
    private(set) var port: (any HubPort)?
    var session: ClientSession
    /// The session outlives its connection.
    private(set) var isLasting = false
    /// Sessions on their way to the disk.
    private var storing = 0

    /// Of the message delivered last, for the next: publishers mostly say the same of their messages.
    var lastTopic = DeliveryTopic()
    /// Methods that were called and are not answered, by request id.
    var calls: [UInt64: MethodCall] = [:]
    var lastCall: UInt64 = 0

    init(_ name: Text, server: MQTTServer) {
        self.name = name
        self.server = server
        identity = ClientName.identity(name, device: server.hub.deviceID)
        session = ClientSession(of: identity)
    }

    /// For log lines.
    var shown: Text { server.shown(name) }

    // MARK: - From CONNECT to the end

    /// Finds the session, and answers the CONNECT once what the disk says of it is right.
    func begin(_ request: ConnectRequest, _ connection: MQTTConnection) {
        self.connection = connection
        let stored = server.hub.session(of: name)
        guard request.isClean else {
            let isPresent = resume(stored)
            isLasting = true
            return attach(request, isPresent)
        }
        session = ClientSession(of: identity)
        isLasting = false
        guard stored != nil || storing > 0 else { return attach(request, false) }
        store(nil) { [self] in
            guard self.connection === connection else { return }
            // Its identity may have been deleted meanwhile, or have other keys.
            if let error = server.hub.authenticate(request.token, as: identity) {
                return connection.refuse(.notAuthorized, error.reason)
            }
            attach(request, false)
        }
    }

    /// It is not connected, and nothing of it is on its way to the disk.
    var isAway: Bool { connection == nil && storing == 0 }

    /// - Returns: whether there was one.
    private func resume(_ stored: [UInt8]?) -> Bool {
        // That of this host's run also knows what is on its way; but the identity may have been deleted meanwhile.
        if isLasting, storing > 0 || (stored ?? ClientSession(of: identity).stored) == session.stored { return true }
        session = ClientSession(of: identity)
        guard let stored else { return false }
        guard let session = ClientSession(of: identity, stored: stored) else {
            server.say(.ignored, 3, "the stored session of \(shown) is damaged: it begins anew")
            return false
        }
        self.session = session
        return true
    }

    private func attach(_ request: ConnectRequest, _ isPresent: Bool) {
        guard let connection else { return }
        server.say(.session, 6, "\(shown) connected (\(request.clientType?.quoted ?? "no client type"))")
        // The hub delivers from the next turn on: CONNACK comes first.
        port = server.hub.attach(name, link: self)
        connection.accept(request, isSessionPresent: isPresent)
    }

    /// Its connection is closed.
    func ended(_ connection: MQTTConnection, isGraceful: Bool) {
        guard self.connection === connection else { return }
        self.connection = nil
        if let port {
            if !isGraceful, let will = connection.will { port.send(will.message(from: name), done: nil) }
            self.port = nil
            server.hub.detach(port)
        }
        session.disconnect()
        calls = [:]
        lastTopic = DeliveryTopic()
        if !isLasting { server.forget(self) }
    }

    // MARK: - Sessions

    func subscribe(_ packet: SubscribePacket) {
        let answer = session.subscribe(packet)
        if let remark = answer.remark { server.say(.ignored, 4, "\(shown): \(remark)") }
        sessionChanged(answer.isChanged) { .subscribed(packet.id, codes: answer.codes) }
    }

    func unsubscribe(_ packet: UnsubscribePacket) {
        sessionChanged(session.unsubscribe(packet)) { .unsubscribed(packet.id) }
    }

    /// The answer comes once the session is on disk, where it is kept there and something of it changed.
    private func sessionChanged(_ isChanged: Bool, _ answer: @escaping () -> OutgoingPacket) {
        guard let connection else { return }
        if isChanged {
            lastTopic = DeliveryTopic()
            port?.readinessChanged()
        }
        guard isLasting, isChanged || storing > 0 else { return connection.write(answer()) }
        store(session.stored) { [self] in
            if self.connection === connection { connection.write(answer()) }
        }
    }

    private func store(_ bytes: [UInt8]?, done: @escaping () -> Void) {
        storing += 1
        server.hub.store(session: bytes, of: name) { [self] error in
            storing -= 1
            guard let error else { return done() }
            server.say(.broken, 3, "\(shown) is disconnected, its session could not be stored: \(error.reason)")
            connection?.close()
        }
    }

    /// The client has a message.
    func acknowledged(_ id: UInt16) {
        if case .message(let receipt) = session.acknowledge(id) { port?.took(receipt) }
    }
}
