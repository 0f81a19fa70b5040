import CPOSIX

/// A small file that is read again and again, such as those in `/proc` and `/sys`. It stays open.
public final class SystemFile {
    private let descriptor: Int32
    private let limit: Int

    /// - Parameter limit: at most so many bytes are read; the rest is left out.
    /// - Returns: nil if it cannot be opened.
    public init?(_ path: String, limit: Int = 4096) {
        descriptor = martlet_open(path, O_RDONLY | O_CLOEXEC, 0)
        self.limit = limit
        if descriptor < 0 { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// What is in it now, from the start; nil if it cannot be read.
    public func read() -> [UInt8]? {
        var failed = false
        let content = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            filled = 0
            while filled < limit {
                let count = pread(descriptor, buffer.baseAddress! + filled, limit - filled, off_t(filled))
                if count < 0 && martlet_errno() == EINTR { continue }
                if count < 0 { failed = true }
                if count <= 0 { return }
                filled += count
            }
        }
        return failed ? nil : content
    }
}
