import JSON

/// The receipts of messages that were written to a module over standard input and that it has not taken yet.
///
/// ```
/// undecided   nothing is taken until it is known which of the two rules is the module's
/// reading     a message is taken once the module has read it
/// answering   a message is taken once the module has answered it
/// ```
/// While answers may come, a message that somebody waits for has an id, and an answer to it counts by any rule.
struct StdioReceipts {
    enum Rule {
        case undecided
        case reading
        case answering
    }

    private struct Waiting {
        let receipt: UInt64
        /// Of the id; 0: it has none.
        let number: UInt64
        /// What was written to the module up to the end of this message, in bytes.
        let end: UInt64
    }

    var rule = Rule.undecided
    /// Oldest first. The hub gives no more than some hundred at a time.
    private var waiting: [Waiting] = []
    private var lastNumber: UInt64 = 0
    private static let prefix: Text = "m"

    var isEmpty: Bool { waiting.isEmpty }

    /// Something is out that may be taken by reading.
    var isReadingAwaited: Bool { rule == .answering ? waiting.contains { $0.number == 0 } : !isEmpty }

    /// The id for the next message that somebody waits for; nil: it gets none.
    func nextID() -> Text? {
        rule == .reading ? nil : "\(Self.prefix)\(lastNumber + 1)"
    }

    /// A message was written, with `nextID`.
    mutating func add(_ receipt: UInt64, end: UInt64) {
        if rule != .reading { lastNumber += 1 }
        waiting.append(Waiting(receipt: receipt, number: rule == .reading ? 0 : lastNumber, end: end))
    }

    /// Whether the module has read a message that waits.
    func hasRead(_ bytes: UInt64) -> Bool {
        guard let first = waiting.first else { return false }
        return first.end <= bytes
    }

    /// The module has read so many bytes, ever.
    /// - Returns: receipts of messages that are taken by that.
    mutating func read(_ bytes: UInt64) -> [UInt64] {
        guard rule != .undecided, isReadingAwaited else { return [] }
        // What went out without an id cannot be answered, whatever the module has said since.
        let read = waiting.prefix { $0.end <= bytes }.filter { rule == .reading || $0.number == 0 }
        if rule == .reading { waiting.removeFirst(read.count) } else { waiting.removeAll { $0.number == 0 && $0.end <= bytes } }
        return read.map { $0.receipt }
    }

    /// The module has answered.
    /// - Returns: the receipt; nil: no message of this id waits.
    mutating func answered(_ id: Text) -> UInt64? {
        for index in 0..<waiting.count where waiting[index].number > 0 && id == "\(Self.prefix)\(waiting[index].number)" {
            return waiting.remove(at: index).receipt
        }
        return nil
    }
}
