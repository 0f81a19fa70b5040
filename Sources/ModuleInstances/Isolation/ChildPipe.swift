import CPOSIX
import UV

/// The pipe from a child to the host: frames of the loop's thread and of the watchdog's.
final class ChildPipe: @unchecked Sendable {
    private let descriptor: Int32
    private let lock = Lock()

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Waits while the host has not read what is in the pipe.
    func send(_ bytes: UnsafeRawBufferPointer) {
        lock.take()
        var rest = bytes
        while !rest.isEmpty {
            let count = write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                if martlet_errno() == EINTR { continue }
                // The host is gone, and this process with it; or the library has closed the pipe.
                let line = "cannot write to the host: \(String(cString: strerror(martlet_errno())))\n"
                _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
                _exit(1)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        lock.give()
    }

    /// Frames of fewer bytes than a pipe takes at once, unless another thread is sending, maybe for long.
    func trySend(_ bytes: UnsafeRawBufferPointer) {
        guard lock.tryTake() else { return }
        _ = write(descriptor, bytes.baseAddress, bytes.count)
        lock.give()
    }
}
