/// Where the messages of a route wait for their endpoint.
public enum Persistence: Sendable, Equatable {
    /// In memory: lost when the host ends, no wear of the flash.
    case memory
    /// In the state folder: what was acknowledged survives power loss.
    case disk
}
