import JSON
import ModuleIdentities

/// Where the messages of one output go, found once per set of routes.
final class Destinations {
    /// nil: nowhere.
    let first: Destination?
    let others: [Destination]
    let includesUpstream: Bool
    /// Whether messages may be sent to this output at all; asked once for all of them.
    let isValidOutput: Bool

    init(_ all: [Destination], output: Text) {
        first = all.first
        others = Array(all.dropFirst())
        isValidOutput = output.isEmpty || IdentifierRules.problem(inEndpointName: output) == nil
        includesUpstream = all.contains { $0.endpoint.id == .upstream }
    }
}
