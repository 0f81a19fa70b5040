import CPOSIX

/// An open serial port, FIFO, GPIO or other device file that never blocks: watch its ``descriptor``. It is closed when this is
/// dropped; stop the watch before.
public final class DeviceFile {
    /// What a read found.
    public enum Content: Sendable {
        case bytes([UInt8])
        /// Nothing now.
        case nothing
        /// Nothing any more: the other side closed, or the device is gone.
        case end
    }

    public let descriptor: Int32

    /// - Parameter writable: also for writing. A FIFO that is open for both never ends.
    /// - Returns: nil if it cannot be opened.
    public init?(_ path: String, writable: Bool = false) {
        descriptor = martlet_open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0)
        if descriptor < 0 { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Makes a serial port pass bytes as they are, 8 data bits, no parity.
    /// - Parameter baudRate: for example 115200.
    /// - Returns: whether it is a serial port and can do that.
    public func makeRaw(baudRate: UInt32) -> Bool {
        martlet_make_raw(descriptor, baudRate) == 0
    }

    /// - Parameter limit: bytes at most.
    public func read(limit: Int = 4096) -> Content {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            repeat { count = CPOSIX.read(descriptor, buffer.baseAddress, limit) } while count < 0 && martlet_errno() == EINTR
            filled = max(count, 0)
        }
        if count > 0 { return .bytes(bytes) }
        return count < 0 && martlet_errno() == EAGAIN ? .nothing : .end
    }

    /// - Returns: how many bytes were taken, from the first on; nil: it cannot be written to.
    public func write(_ bytes: [UInt8]) -> Int? {
        let count = bytes.withUnsafeBytes { CPOSIX.write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 { return count }
        return martlet_errno() == EAGAIN ? 0 : nil
    }
}
