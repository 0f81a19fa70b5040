public import JSON
public import Messages
import ModuleIdentities
public import ModuleLinks

extension EdgeHub {
    /// Delivers a message to an input, as the operator. Not routed.
    /// - Parameter done: called once it waits for the module, or with the reason why not.
    public func sendToInput(module: Text, input: Text, message: Message, done: @escaping (HubError?) -> Void) {
        guard !EndpointID.isDevice(module), let consumer = consumers[module], isWanted(consumer) || consumer.link != nil else {
            return later { done(HubError(.notFound, "there is no module \(module)")) }
        }
        if let problem = IdentifierRules.problem(inEndpointName: input) { return later { done(HubError(.invalid, problem)) } }
        if let refusal = EdgeHub.refusal(of: message) { return later { done(refusal) } }
        if endpoints.count >= mostEndpoints { forgetUnused() }
        let endpoint = self.endpoint(.input(module: module, input: input))
        let lane = self.lane(of: endpoint, priority: RoutingTable.lastPriority, persistence: .memory)
        let destination = Destination(endpoint: endpoint, lane: lane, whenFull: limits.whenFull, timeToLiveMs: 0)
        offer(message, to: destination, Acceptance(endpoints: 1, done: done), time.nowMs, time.wallMs)
    }

    /// A module's message to where its routes lead.
    func send(_ message: consuming Message, to destinations: Destinations, port: ModulePort, done: ((HubError?) -> Void)?) {
        let (now, wall) = (time.nowMs, time.wallMs)
        port.slot.noteActivity(wall)
        if !message.isChecked, !(destinations.isValidOutput && message.isPlain), let refusal = EdgeHub.refusal(of: message) {
            if let done { return later { done(refusal) } }
            return warn(port, "a message of \(message.module) to \(message.output.quoted) is refused: \(refusal.reason)")
        }
        port.traffic.received &+= 1
        guard destinations.choices.isEmpty, let first = destinations.first else {
            if !sendByConditions(message, destinations, done) { port.traffic.unrouted &+= 1 }
            return
        }
        if !monitors.isEmpty { show(message, toUpstream: destinations.includesUpstream) }
        let acceptance = done.map { Acceptance(endpoints: 1 + destinations.others.count, done: $0) }
        for other in destinations.others { offer(copy message, to: other, acceptance, now, wall) }
        offer(message, to: first, acceptance, now, wall)
    }

    /// A change of reported properties that is on disk becomes a message, where a route wants it.
    func sendTwinChange(_ patch: JSONObject, of slot: TwinSlot) {
        let destinations = destinationsOfTwinChanges()
        guard !destinations.isEmpty else { return }
        let kind = Self.kindOfTwinChanges
        var system = [
            MessageProperty(name: "contentType", value: "application/json"), MessageProperty(name: "contentEncoding", value: "utf-8"),
            MessageProperty(name: "messageSchema", value: kind), MessageProperty(name: "messageType", value: kind),
            MessageProperty(name: "rpSenderDeviceId", value: slot.identity.identity.deviceID),
        ]
        if let module = slot.identity.identity.moduleID { system.append(MessageProperty(name: "rpSenderModuleId", value: module)) }
        let message = Message(
            module: EdgeHub.ownName, output: "", body: JSON.object(patch).bytes(), systemProperties: system, isChecked: true)
        _ = sendByConditions(message, destinations, nil)
    }

    /// The hub itself as a sender.
    public static let ownName: Text = "$edgeHub"

    /// What `messageSchema` and `messageType` of changes of reported properties are. (IoT Edge)
    public static let kindOfTwinChanges: Text = "twinChangeNotification"

    /// To every endpoint once, by the first of its routes whose condition the message fulfils.
    /// - Returns: whether there was one.
    @inline(never)
    private func sendByConditions(_ message: Message, _ destinations: Destinations, _ done: ((HubError?) -> Void)?) -> Bool {
        // What it goes to is kept for the next message.
        var chosen = chosen
        self.chosen = []
        defer {
            chosen.removeAll(keepingCapacity: true)
            self.chosen = chosen
        }
        choose(message, destinations, &chosen)
        if !monitors.isEmpty { show(message, toUpstream: chosen.contains { $0.endpoint.id == .upstream }) }
        if chosen.isEmpty {
            droppedWithoutRoute += 1
            if let done { later { done(nil) } }
            return false
        }
        let acceptance = done.map { Acceptance(endpoints: chosen.count, done: $0) }
        let (now, wall) = (time.nowMs, time.wallMs)
        for destination in chosen { offer(copy message, to: destination, acceptance, now, wall) }
        return true
    }

    private func choose(_ message: Message, _ destinations: Destinations, _ chosen: inout [Destination]) {
        if let first = destinations.first { chosen.append(first) }
        for other in destinations.others { chosen.append(other) }
        if destinations.choices.isEmpty { return }
        subject.begin(message, enqueuedMs: time.wallMs)
        defer { subject.end() }
        var done: Endpoint?
        for choice in destinations.choices where choice.destination.endpoint !== done {
            guard choice.condition?.matches(subject) ?? true else { continue }
            chosen.append(choice.destination)
            done = choice.destination.endpoint
        }
    }

    func offer(
        _ message: consuming Message, to destination: Destination, _ acceptance: Acceptance?, _ now: UInt64, _ wall: Int64
    ) {
        let (lane, bytes) = (destination.lane, message.size)
        let offer = lane.inbox.offer(
            Inbox.Entry(
                message: message, bytes: bytes, whenFull: destination.whenFull, arrived: now, enqueuedMs: wall,
                timeToLiveMs: destination.timeToLiveMs, acceptance: acceptance), now: now)
        noteExpiry(lane.inbox.nextExpiry)
        for removed in offer.removed { settle(removed.acceptance, nil) }
        switch offer.outcome {
        case .taken:
            if !lane.isDurable { settle(acceptance, nil) }
        case .waits: break
        case .dropped: settle(acceptance, nil)
        case .refused: settle(acceptance, EdgeHub.full(lane.endpoint, lane.inbox.limit))
        }
        if lane.isDurable { stage(lane) } else { markReady(destination.endpoint) }
    }

    /// One endpoint has a message, or refused it.
    func settle(_ acceptance: Acceptance?, _ error: HubError?) {
        if let body = acceptance?.settle(error) { later(body) }
    }

    static func full(_ endpoint: EndpointID, _ limit: Int) -> HubError {
        HubError(
            .full,
            "the queue of \(endpoint.name) is full: all queues together hold \(limit) bytes at most, and its route says to refuse more")
    }

    /// Whoever sent it, by whatever way: the same rules, once.
    static func refusal(of message: Message) -> HubError? {
        guard !message.isChecked, let problem = MessageRules.problem(with: message) else { return nil }
        return HubError(message.size > MessageRules.maximumSize ? .tooLarge : .invalid, problem)
    }

    private func warn(_ port: ModulePort, _ text: Text) {
        guard !port.hasWarned else { return }
        port.hasWarned = true
        log(.warning, "\(text) (said once for each instance)")
    }
}
