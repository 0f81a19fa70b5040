public import JSON
public import Messages
import ModuleIdentities
public import ModuleLinks

/// Messages from the cloud, or an operator in its place, to a device: the empty input of it. They wait on disk until the device has taken
/// them, without an end.
extension EdgeHub {
    /// - Parameters:
    ///   - device: the `ClientName` of the device itself or of a downstream device.
    ///   - done: called once it is on disk, or with the reason why not. Full: as many wait as may.
    public func sendToDevice(_ device: Text, message: Message, done: @escaping (HubError?) -> Void) {
        guard EndpointID.isDevice(device), device.isEmpty || isChild(device) else {
            return later { [self] in done(HubError(.notFound, "there is no device \(shown(device)); see device.children")) }
        }
        if let refusal = EdgeHub.refusal(of: message) { return later { done(refusal) } }
        guard message.size <= HubLimits.cloudToDeviceBytes else {
            let reason: Text =
                "the message has \(message.size) bytes with its properties; to a device at most \(HubLimits.cloudToDeviceBytes) are allowed"
            return later { done(HubError(.tooLarge, reason)) }
        }
        let endpoint = self.endpoint(.input(module: device, input: ""))
        let lane = self.lane(of: endpoint, priority: RoutingTable.lastPriority, persistence: .disk)
        guard cloudToDeviceMessages(to: device) < HubLimits.cloudToDeviceMessages else {
            let reason: Text =
                "\(HubLimits.cloudToDeviceMessages) messages wait for \(shown(device)), as many as may; try again when it has taken some"
            return later { done(HubError(.full, reason)) }
        }
        let destination = Destination(endpoint: endpoint, lane: lane, whenFull: .refuse, timeToLiveMs: 0)
        offer(message, to: destination, Acceptance(endpoints: 1, done: done), time.nowMs, time.wallMs)
    }

    /// Messages that wait for a device; none for a module.
    func cloudToDeviceMessages(to name: Text) -> Int {
        guard EndpointID.isDevice(name), let endpoint = endpoints[.input(module: name, input: "")] else { return 0 }
        var count = 0
        for lane in endpoint.lanes { count += lane.count - (lane.disk?.leaving ?? 0) }
        return count
    }
}
