import Deployment
import JSON

/// Small `startupOrder` first, else in the order of the manifest. It orders the attempts to start; nobody waits. (IoT Edge)
enum StartOrder {
    static func sorted(_ changes: [ModuleChange], _ deployment: Deployment) -> [ModuleChange] {
        let places = deployment.places
        return stable(changes) { change in places[change.name].map { deployment.modules[$0].startupOrder } ?? .max }
    }

    static func sorted(_ reports: [ModuleReport]) -> [ModuleReport] {
        stable(reports) { $0.module.startupOrder }
    }

    /// Groups in which all may stop at once; the first group stops first.
    static func stopGroups(_ supervisors: [Supervisor]) -> [[Supervisor]] {
        var groups: [[Supervisor]] = []
        for supervisor in stable(supervisors, { $0.module.startupOrder }).reversed() {
            if let last = groups.last?.first, last.module.startupOrder == supervisor.module.startupOrder {
                groups[groups.count - 1].append(supervisor)
            } else {
                groups.append([supervisor])
            }
        }
        return groups
    }

    private static func stable<Element>(_ elements: [Element], _ order: (Element) -> UInt32) -> [Element] {
        let ordered = elements.map(order).enumerated().inOrder { $0.element < $1.element }
        return ordered.map { elements[$0.offset] }
    }
}
