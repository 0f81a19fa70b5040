import JSON
import ModuleLinks
import UV

/// Finds out which messages a module over standard input has taken, where somebody waits to hear of it. On the loop's thread.
///
/// What it has read is looked at when it wrote, when it got more, at its end, and from time to time as long as something is out.
final class StdioDeliveries {
    /// From one look to the next, at first and at last.
    private static let firstLookMs: UInt64 = 2
    private static let lastLookMs: UInt64 = 5000
    /// A module that has read a message and says nothing for so long is none that answers messages.
    private static let silenceMs: UInt64 = 5000

    private let loop: Loop
    private let process: ModuleProcess
    private var receipts = StdioReceipts()
    private let timer: Timer
    private var waitMs = firstLookMs
    private var isLookDue = false
    /// When a module that has said nothing yet was first seen to have read a message, in milliseconds of monotonic time.
    private var silentSinceMs: UInt64?
    /// nil before the start and after the end.
    var port: (any HubPort)?

    init(_ loop: Loop, _ process: ModuleProcess) {
        self.loop = loop
        self.process = process
        timer = Timer(loop)
    }

    /// The id for the next message; nil: it gets none.
    func nextID(for receipt: UInt64) -> Text? { receipt == 0 ? nil : receipts.nextID() }

    /// A message was written, with `nextID`.
    func wrote(_ receipt: UInt64) {
        guard receipt != 0 else { return }
        receipts.add(receipt, end: process.writtenBytes)
        lookSoon()
    }

    /// The module has said whether it answers messages.
    func decide(answers: Bool) {
        receipts.rule = answers ? .answering : .reading
        lookSoon()
    }

    /// The module has said something.
    func moduleWrote() {
        if receipts.rule == .undecided { receipts.rule = .reading }
        lookSoon()
    }

    /// The module has answered the message of this id.
    /// - Returns: false: no such message waits.
    func answered(_ id: Text) -> Bool {
        guard let receipt = receipts.answered(id) else { return false }
        port?.took(receipt)
        return true
    }

    /// - Parameter inOrder: it ended by itself, without an error: then it has handled what it read, though it never said anything.
    func ended(inOrder: Bool) {
        if inOrder && receipts.rule == .undecided { receipts.rule = .reading }
        look()
        timer.stop()
        port = nil
    }

    private func lookSoon() {
        guard !isLookDue, receipts.isReadingAwaited else { return }
        isLookDue = true
        loop.atEndOfTurn { [self] in
            isLookDue = false
            look()
            if !timer.isActive { lookLater() }
        }
    }

    private func lookLater() {
        guard receipts.isReadingAwaited, port != nil else { return }
        timer.start(afterMs: waitMs) { [self] in
            waitMs = min(waitMs * 2, Self.lastLookMs)
            look()
            lookLater()
        }
    }

    private func look() {
        guard let port, !receipts.isEmpty else { return }
        let bytes = process.readBytes
        if receipts.rule == .undecided && receipts.hasRead(bytes) {
            let since = silentSinceMs ?? loop.now
            silentSinceMs = since
            if loop.now - since >= Self.silenceMs { receipts.rule = .reading }
        }
        let taken = receipts.read(bytes)
        if !taken.isEmpty { waitMs = Self.firstLookMs }
        for receipt in taken { port.took(receipt) }
    }
}
