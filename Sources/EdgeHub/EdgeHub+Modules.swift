public import JSON
import Messages
import ModuleIdentities
public import ModuleLinks
import ModuleTwins

extension EdgeHub: ModuleHub {
    /// A running instance, or a client, comes to the hub. It has a twin from then on, and gets what waits for it.
    /// - Parameter module: a `ClientName`.
    /// - Returns: what the instance does under its identity. An instance of the same module that is still here is detached.
    public func attach(_ module: Text, link: any ModuleLink) -> any HubPort {
        let slot = ensureSlot(module)
        let consumer = self.consumer(module)
        if consumer.port != nil {
            log(.warning, "\(shown(module)) comes a second time: the earlier instance is cut off")
            cutOff(module, "another instance of it came")
        }
        let port = ModulePort(slot, consumer: consumer, hub: self)
        guard !isClosed, !slot.isRefused else {
            port.kill()
            return port
        }
        consumer.link = link
        consumer.port = port
        slot.tally.connects += 1
        consumer.takes = true
        consumer.takesMethods = false
        consumer.acknowledges = link.acknowledges
        slot.noteActivity(time.wallMs)
        for endpoint in consumer.endpoints {
            for lane in endpoint.lanes { lane.hasReceipts = lane.isDurable || consumer.acknowledges || !lane.returned.isEmpty }
        }
        readinessChanged(consumer)
        return port
    }

    /// What a link takes is asked anew.
    func readinessChanged(_ consumer: Consumer) {
        guard let link = consumer.link else { return }
        for endpoint in consumer.endpoints {
            endpoint.isOpen = link.takes(input: endpoint.input)
            markReady(endpoint)
        }
        let couldCall = consumer.takesMethods
        consumer.takesMethods = link.takesMethods
        if consumer.takesMethods && !couldCall { beginCalls(consumer) }
    }

    /// The link of a client or instance is over, and hears of it in a later turn.
    /// - Parameter onlyAuthenticated: not where it came without a token.
    func cutOff(_ name: Text, _ reason: Text, onlyAuthenticated: Bool = false) {
        guard let consumer = consumers[name], let link = consumer.link, link.isAuthenticated || !onlyAuthenticated else { return }
        unlink(consumer)
        later { if consumer.link !== link { link.cutOff(reason) } }
    }

    /// The instance is gone. What waits for its module is kept for the next one; calls it has not answered end.
    public func detach(_ port: any HubPort) {
        guard let consumer = consumers[port.moduleName], let current = consumer.port, current === port else { return }
        unlink(consumer)
        if isDeploymentKnown && !isWanted(consumer) { drop(consumer) }
    }

    /// Of the module's identity, which is made on first sight.
    public func generationID(of module: Text) -> Text { "\(ensureSlot(module).committed.generation)" }

    /// Whether an instance of the module is here.
    public func isAttached(_ module: Text) -> Bool { consumers[module]?.link != nil }

    /// The deployment holds these modules and no others: messages in memory for others are dropped, once no
    /// instance of theirs runs. Twins and what is on disk stay.
    public func retain(modules: [Text]) {
        isDeploymentKnown = true
        for consumer in consumers.values { consumer.isDeployed = false }
        for module in modules { consumer(module).isDeployed = true }
        for consumer in consumers.values where consumer.link == nil && !isWanted(consumer) { drop(consumer) }
        forgetUnused()
    }

    /// Whether messages wait in memory for a module or client that is not here: one of the manifest, one of `device.children`, the device
    /// itself, or one that an operator has made an identity for.
    func isWanted(_ consumer: Consumer) -> Bool {
        let name = consumer.module
        if consumer.isDeployed { return true }
        if ClientName.isDownstream(name) { return isChild(name) }
        guard let slot = slots[name], !slot.isLeaving else { return false }
        return slot.identity.managedBy != StateDatabase.managedByManifest
    }

    func consumer(_ module: Text) -> Consumer {
        if let known = consumers[module] { return known }
        consumerCount += 1
        let consumer = Consumer(module: module, number: consumerCount)
        consumers[module] = consumer
        return consumer
    }

    /// For people.
    func shown(_ name: Text) -> Text { ClientName.shown(name, device: deviceID) }

    func unlink(_ consumer: Consumer) {
        takeBack(consumer)
        consumer.port?.slot.tally.disconnects += 1
        consumer.port?.kill()
        consumer.port = nil
        consumer.link = nil
        consumer.blocked = []
        abandonCalls(consumer.module)
    }

    func drop(_ consumer: Consumer) {
        var count = 0
        for endpoint in consumer.endpoints {
            for lane in endpoint.lanes where !lane.isDurable {
                count += lane.count
                lane.dropReturned()
                for entry in lane.inbox.removeAll() { settle(entry.acceptance, nil) }
            }
        }
        if count > 0 { log(.warning, "\(shown(consumer.module)) is no longer deployed: \(count) messages that waited for it are dropped") }
    }

    /// Endpoints to which no route leads and for which nothing waits, and modules without any of it.
    func forgetUnused() {
        var used: [EndpointID: Bool] = [:]
        for specification in routes { used[EndpointID(specification.route.sink)] = true }
        for (id, endpoint) in endpoints where used[id] == nil && endpoint.isForgettable {
            endpoints[id] = nil
            endpoint.consumer?.endpoints.removeAll { $0 === endpoint }
        }
        for (module, consumer) in consumers where consumer.link == nil && consumer.endpoints.isEmpty && !isWanted(consumer) {
            consumers[module] = nil
        }
        mostEndpoints = max(256, 2 * endpoints.count)
        newGeneration()
    }
}
