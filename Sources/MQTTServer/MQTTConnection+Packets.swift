import JSON
import MQTT
import Messages
import ModuleIdentities
import ModuleLinks
import Transport
import UV

// What packets ask for.
extension MQTTConnection {
    /// A refused client has so long to read why.
    private static let leaveMs: UInt64 = 5000

    func perform(_ action: PacketAction) {
        switch action {
        case .authenticate(let request): authenticate(request)
        case .refuse(let code, let reason): refuse(code, reason)
        case .close(let reason): violated(reason)
        case .publish(let packet): publish(packet, size: packet.payload.count)
        case .acknowledge(let id): client?.acknowledged(id)
        case .subscribe(let packet): client?.subscribe(packet)
        case .unsubscribe(let packet): client?.unsubscribe(packet)
        case .pong:
            if server.isOver(tokenExpiry) { return tokenEnded() }
            write(.pong)
        case .disconnect: close(isGraceful: true)
        }
    }

    // MARK: - CONNECT

    private func authenticate(_ request: ConnectRequest) {
        let hub = server.hub
        guard let name = ClientName.name(of: request.identity, device: hub.deviceID) else {
            return refuse(.notAuthorized, "\(request.identity.path) is a module of another device")
        }
        if let reason = server.mayConnect(name) { return refuse(.notAuthorized, "\(request.identity.path) may not connect: \(reason)") }
        if let error = hub.authenticate(request.token, as: request.identity) { return refuse(.notAuthorized, error.reason) }
        tokenExpiry = Self.expiry(of: request.token)
        will = request.will
        let client = server.client(name)
        if let earlier = client.connection {
            server.counters.takeovers += 1
            server.say(.session, 6, "\(client.shown) connects again: its earlier connection is closed")
            earlier.close()
            // It was forgotten where its session was clean.
            server.keep(client)
        }
        server.arrived(self)
        self.client = client
        client.begin(request, self)
    }

    private static func expiry(of token: Text) -> Int64 {
        do throws(SASError) { return try SharedAccessSignature(parsing: token).expiry } catch { return 0 }
    }

    /// The client has its session.
    func accept(_ request: ConnectRequest, isSessionPresent: Bool) {
        publisher = Publisher(request.identity, client: ClientName.name(of: request.identity, device: server.hub.deviceID) ?? "")
        patienceMs = request.silenceMs
        heardAt = server.loop.now
        server.wake(at: heardAt + patienceMs)
        server.counters.connects += 1
        rules.accept()
        write(.connected(.accepted, isSessionPresent: isSessionPresent))
        goOn()
    }

    /// Says why, lets the client read it, and closes.
    func refuse(_ code: ConnectCode, _ reason: Text) {
        server.counters.refusals += 1
        server.say(.refused, 4, "a connection is refused (CONNACK \(Int(code.rawValue))): \(reason)")
        rules.close()
        write(.connected(code, isSessionPresent: false))
        flush()
        heardAt = server.loop.now
        patienceMs = Self.leaveMs
        server.wake(at: heardAt + patienceMs)
        transport.finishWriting()
    }

    // MARK: - PUBLISH

    func publish(_ packet: PublishPacket, size: Int) {
        guard let client, let port = client.port else { return }
        server.counters.publishesIn += 1
        let request: Publisher.Request
        do throws(PublishError) {
            guard let known = try publisher?.request(packet) else { return }
            request = known
        } catch {
            return violated(error.reason)
        }
        let number = packet.id == 0 ? 0 : unacknowledged.add(packet.id, size: size)
        switch request {
        case .send(let message):
            if packet.id == 0 { return port.send(message, done: nil) }
            return port.send(message) { [self] error in published(number, error) }
        case .getTwin(let requestID): client.sendTwin(requestID)
        case .report(let patch, let requestID):
            return client.report(patch, requestID) { [self] error in
                if packet.id != 0 { published(number, error) }
            }
        case .answer(let status, let payload, let requestID): client.answered(status, payload, requestID)
        }
        if packet.id != 0 { published(number, nil) }
    }

    /// The hub has what was published, or refused it.
    private func published(_ number: UInt32, _ error: HubError?) {
        guard isOpen else { return }
        if let error {
            // Never acknowledge what is lost.
            server.say(.broken, 4, "\(shown) is disconnected, its message was not taken: \(error.reason)")
            return close()
        }
        unacknowledged.finish(number)
        while let id = unacknowledged.next() { write(.acknowledged(id)) }
        goOn()
    }

    // MARK: - The end

    /// For log lines.
    var shown: Text { client?.shown ?? "a connection" }

    /// The client broke a rule.
    func violated(_ reason: Text) {
        if client == nil { server.counters.refusals += 1 } else { server.counters.violations += 1 }
        server.say(client == nil ? .refused : .broken, 4, "\(shown) is disconnected: \(reason)")
        close()
    }

    func tokenEnded() {
        server.say(.session, 4, "\(shown) is disconnected: its token has expired; it may connect again with a new one")
        close()
    }

    func timedOut() {
        if let client {
            server.counters.timeouts += 1
            server.say(.session, 4, "\(client.shown) is disconnected: nothing came for \(patienceMs / 1000) s")
        } else if rules.phase == .awaitingConnect {
            server.counters.refusals += 1
            server.say(.refused, 4, "a connection is closed: no CONNECT came within \(patienceMs / 1000) s")
        }
        close()
    }
}
