import JSON

/// One input of one module, or the cloud, with everything that waits for it.
final class Endpoint {
    let id: EndpointID
    /// Of the module; empty for the cloud.
    let input: Text
    /// nil: the cloud.
    let consumer: Consumer?
    /// By priority, what is in memory before what is on disk.
    private(set) var lanes: [Lane] = []
    /// It waits in the hub's list of endpoints with something to deliver.
    var isReady = false
    /// The link of the consumer takes what is for this input. True where there is none.
    var isOpen = true

    init(id: EndpointID, consumer: Consumer?) {
        self.id = id
        if case .input(_, let input) = id { self.input = input } else { input = "" }
        self.consumer = consumer
    }

    var isForgettable: Bool { lanes.allSatisfy { $0.isForgettable } }

    func add(_ lane: Lane) {
        let index = lanes.firstIndex { comes(lane, before: $0) }
        lanes.insert(lane, at: index ?? lanes.count)
    }

    func removeLanes(where isGone: (Lane) -> Bool) {
        lanes.removeAll(where: isGone)
    }

    /// IoT Edge's strict order: the numerically lowest priority first. (Its default, twice, is beyond an Int of 32 bits.)
    private func comes(_ lane: Lane, before other: Lane) -> Bool {
        if lane.priority != other.priority { return lane.priority < other.priority }
        return !lane.isDurable && other.isDurable
    }
}
