import JSON
import Messages
import ModuleIdentities

/// Where the messages of one output go, found once per set of routes.
final class Destinations {
    /// Where all of them go. nil: there is no such place.
    let first: Destination?
    let others: [Destination]
    /// Where some of them go, as their conditions say. One endpoint's follow each other; the first that a message fulfils counts.
    let choices: [Choice]
    /// All of them go to the cloud.
    let includesUpstream: Bool
    /// Whether messages may be sent to this output at all; asked once for all of them.
    let isValidOutput: Bool

    /// - Parameter all: those of one endpoint follow each other.
    init(_ all: [Choice], output: Text) {
        var unconditional: [Destination] = []
        var choices: [Choice] = []
        for choice in all {
            // The last of its endpoint, and the only one, if that of the one before is another.
            if choice.condition == nil && choices.last?.destination.endpoint !== choice.destination.endpoint {
                unconditional.append(choice.destination)
            } else {
                choices.append(choice)
            }
        }
        first = unconditional.first
        others = Array(unconditional.dropFirst())
        self.choices = choices
        isValidOutput = output.isEmpty || IdentifierRules.problem(inEndpointName: output) == nil
        includesUpstream = unconditional.contains { $0.endpoint.id == .upstream }
    }

    var isEmpty: Bool { first == nil && choices.isEmpty }
}
