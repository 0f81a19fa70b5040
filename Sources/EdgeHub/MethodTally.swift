public import JSON

/// How many calls of direct methods reached whom they were for.
public struct MethodTally: Sendable {
    /// Who called whom.
    public struct Pair: Hashable, Sendable {
        /// Empty: an operator.
        public let from: Text
        /// A module, `$edgeAgent` or `$edgeHub`.
        public let to: Text
    }

    /// No more pairs than this are told apart; the calls of others count for the pair of two empty names.
    static let mostPairs = 1024

    /// For each pair of which there was a call.
    public private(set) var counts: [Pair: UInt64] = [:]

    mutating func count(from: Text, to: Text) {
        var pair = Pair(from: from, to: to)
        if counts.count >= Self.mostPairs, counts[pair] == nil { pair = Pair(from: "", to: "") }
        counts[pair, default: 0] += 1
    }
}
