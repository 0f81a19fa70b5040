import JSON
import ModuleIdentities

/// Who a CONNECT is of, and whether it is in order. (IoT Hub: MQTT support; edgeHub: DeviceIdentityProvider)
enum ConnectRules {
    /// - Returns: `authenticate` or `refuse`.
    static func action(_ packet: ConnectPacket) -> PacketAction {
        guard let name = packet.userName else {
            return .refuse(.serverUnavailable, "CONNECT has no user name; use {host}/{device}[/{module}]/?api-version=2021-04-12")
        }
        let userName: UserName
        do throws(UserNameError) { userName = try UserName(parsing: name) } catch { return .refuse(.serverUnavailable, error.reason) }
        let clientID = userName.clientID
        guard clientID.withBytes({ $0.count == packet.clientID.count && $0.elementsEqual(packet.clientID) }) else {
            let given = Text(utf8: packet.clientID)
            return .refuse(.identifierRejected, "the client id \(given.quoted) is not that of the user name; use \(clientID.quoted)")
        }
        // An SDK with an X.509 certificate sends no password.
        guard let password = packet.password, !password.isEmpty else {
            return .refuse(.notAuthorized, "\(clientID.quoted) has no password; use a shared access signature")
        }
        guard password.count <= SharedAccessSignature.maximumBytes, UTF8Check.isWellFormed(password) else {
            let what: Text = "has \(password.count) bytes or is not UTF-8; use a shared access signature"
            return .refuse(.notAuthorized, "the password of \(clientID.quoted) \(what)")
        }
        let will: Will?
        do throws(PublishError) {
            will = try packet.will.map { (will) throws(PublishError) in try self.will(will, of: userName.identity) }
        } catch {
            return .refuse(.notAuthorized, "the will of \(clientID.quoted): \(error.reason)")
        }
        return .authenticate(
            ConnectRequest(
                identity: userName.identity, clientID: clientID, token: Text(utf8: password), isClean: packet.isClean,
                silenceMs: KeepAlive.silenceMs(packet.keepAlive), will: will, clientType: userName.clientType, modelID: userName.modelID))
    }

    /// A will is telemetry of the client itself.
    private static func will(_ will: ConnectPacket.Will, of identity: ModuleIdentity) throws(PublishError) -> Will {
        guard will.quality < 2 else { throw PublishError(.quality, "it has QoS 2; use 0 or 1") }
        if let fault = TextCheck.topicFault(in: will.topic) {
            throw PublishError(.malformedTopic, "its topic holds \(fault == .wildcard ? "# or +" : "what is no text")")
        }
        guard case .telemetry(let head) = try ClientTopic.read(will.topic, of: identity) else {
            throw PublishError(.unknownTopic, "its topic is not that of telemetry; use \(ServerTopic.events(of: identity))")
        }
        return try Will(will, head: head)
    }
}
