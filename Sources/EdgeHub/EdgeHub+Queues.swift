import JSON
public import Messages

extension EdgeHub {
    /// Every queue, by endpoint and priority.
    public func queues() -> [QueueStatus] {
        var result: [QueueStatus] = []
        for endpoint in endpoints.values {
            for lane in endpoint.lanes { result.append(status(lane)) }
        }
        return result.inOrder { $0.endpoint == $1.endpoint ? $0.priority < $1.priority : $0.endpoint < $1.endpoint }
    }

    private func status(_ lane: Lane) -> QueueStatus {
        let totals = lane.disk?.totals
        var oldest = lane.inbox.first.map { time.nowMs &- $0.arrived }
        if let totals, totals.length > 0 { oldest = UInt64(clamping: ticks.ticks(time.nowMs) &- totals.oldestTicks) }
        var dropped = lane.inbox.dropped
        if let stored = totals?.dropped { dropped.add(stored) }
        return QueueStatus(
            endpoint: lane.endpoint.shown(device: deviceID), priority: lane.priority, persistence: lane.persistence,
            length: lane.count - lane.inFlight, bytes: lane.bytes, oldestMs: oldest,
            dropped: dropped, delivered: lane.delivered)
    }

    /// What each module has sent, by its name.
    public func traffic() -> [TrafficStatus] {
        consumers.values.map {
            TrafficStatus(module: $0.module, received: $0.traffic.received, unrouted: $0.traffic.unrouted)
        }.inOrder { $0.module < $1.module }
    }

    /// Shows messages as they are routed, whether anything takes them or not.
    /// - Parameter sink: called from inside the sending of each message; it must not change the hub.
    /// - Returns: for `endMonitor`.
    public func monitor(_ scope: MonitorScope, sink: @escaping (Message) -> Void) -> Int {
        lastToken += 1
        monitors.append((token: lastToken, scope: scope, sink: sink))
        return lastToken
    }

    /// The sink is not called any more.
    public func endMonitor(_ token: Int) {
        monitors.removeAll { $0.token == token }
    }

    func show(_ message: Message, toUpstream: Bool) {
        for monitor in monitors {
            switch monitor.scope {
            case .upstream where !toUpstream: continue
            case .module(let module, let output) where module != message.module || output.map { $0 != message.output } ?? false: continue
            default: monitor.sink(message)
            }
        }
    }
}
