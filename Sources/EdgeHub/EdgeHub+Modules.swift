public import JSON
import Messages
public import ModuleLinks
import ModuleTwins

extension EdgeHub: ModuleHub {
    /// A running instance comes to the hub. Its module has a twin from then on, and gets what waits for it.
    /// - Returns: what the instance does under its identity. An instance of the same module that is still here is detached.
    public func attach(_ module: Text, link: any ModuleLink) -> any HubPort {
        let slot = ensureSlot(module)
        let consumer = self.consumer(module)
        if consumer.port != nil {
            log(.warning, "\(module) comes a second time: the earlier instance is cut off")
            unlink(consumer)
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
        slot.noteActivity(time.wallMs)
        for endpoint in consumer.endpoints { markReady(endpoint) }
        beginCalls(consumer)
        return port
    }

    /// The instance is gone. What waits for its module is kept for the next one; calls it has not answered end.
    public func detach(_ port: any HubPort) {
        guard let consumer = consumers[port.moduleName], let current = consumer.port, current === port else { return }
        unlink(consumer)
        if isDeploymentKnown && !consumer.isDeployed { drop(consumer) }
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
        for consumer in consumers.values where !consumer.isDeployed && consumer.link == nil { drop(consumer) }
        forgetUnused()
    }

    func consumer(_ module: Text) -> Consumer {
        if let known = consumers[module] { return known }
        let consumer = Consumer(module: module)
        consumers[module] = consumer
        return consumer
    }

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
                count += lane.inbox.count
                for entry in lane.inbox.removeAll() { settle(entry.acceptance, nil) }
            }
        }
        if count > 0 { log(.warning, "\(consumer.module) is no longer deployed: \(count) messages that waited for it are dropped") }
    }

    /// Endpoints to which no route leads and for which nothing waits, and modules without any of it.
    func forgetUnused() {
        var used: [EndpointID: Bool] = [:]
        for specification in routes { used[EndpointID(specification.route.sink)] = true }
        for (id, endpoint) in endpoints where used[id] == nil && endpoint.isForgettable {
            endpoints[id] = nil
            endpoint.consumer?.endpoints.removeAll { $0 === endpoint }
        }
        for (module, consumer) in consumers where !consumer.isDeployed && consumer.link == nil && consumer.endpoints.isEmpty {
            consumers[module] = nil
        }
        mostEndpoints = max(256, 2 * endpoints.count)
        newGeneration()
    }
}
