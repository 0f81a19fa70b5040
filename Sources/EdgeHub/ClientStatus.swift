public import JSON

/// A module as the hub knows it, in numbers.
public struct ClientStatus: Sendable, Equatable {
    public let module: Text
    /// An instance of it is here.
    public let isConnected: Bool
    public let tally: ClientTally
}
