public import JSON
import Messages
import UV

/// A call into a module that did not return in time.
public struct BlockedCall: Sendable {
    /// What waits for it.
    public enum Place: Sendable {
        /// Every module on the host's loop.
        case loop
        /// The module alone, on its thread.
        case thread
        /// The module alone, in its process.
        case process
    }

    let function: ModuleFunction
    /// How long it took, or had taken when this was said, in milliseconds.
    public let ms: UInt64
    public let hasReturned: Bool
    public let place: Place
    /// When this was said, and it had returned if it has, on the monotonic clock and since 1970, in milliseconds.
    let saidMs: UInt64
    public let saidAt: Int64

    init(
        function: ModuleFunction, ms: UInt64, hasReturned: Bool, place: Place, saidMs: UInt64 = Loop.monotonicMs,
        saidAt: Int64 = WallClock.nowMs
    ) {
        self.function = function
        self.ms = ms
        self.hasReturned = hasReturned
        self.place = place
        self.saidMs = saidMs
        self.saidAt = saidAt
    }

    /// `receive`
    public var word: Text { Text("\(function.word)") }

    /// How long it took, or has taken until now.
    public var msNow: UInt64 { hasReturned ? ms : ms + Loop.monotonicMs - saidMs }

    // MARK: - From a child

    static let frameKind: UInt8 = 26
    static let frameSize = 15

    /// The frame that says so. Allocates nothing: the thread that is spoken of may hang in the allocator.
    func writeFrame(to memory: UnsafeMutableRawPointer) {
        var writer = ByteWriter(memory)
        writer.number(UInt32(Self.frameSize - 4))
        writer.byte(Self.frameKind)
        writer.byte(UInt8(function.rawValue))
        writer.byte(hasReturned ? 1 : 0)
        writer.longNumber(ms)
    }
}
