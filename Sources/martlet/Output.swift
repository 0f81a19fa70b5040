import CPOSIX

/// Standard output for results, standard error for everything else. Nothing is held back in a buffer.
enum Output {
    /// Writes a result.
    /// - Throws: exit 1; silently where the reader has gone, as `head` does when it has enough.
    static func write(_ bytes: [UInt8]) throws(CommandFailure) {
        let code = write(bytes, to: STDOUT_FILENO)
        if code == 0 { return }
        throw .failed(code == EPIPE ? nil : "standard output: \(SystemError.text(code))")
    }

    @inline(never)
    static func write(_ text: String) throws(CommandFailure) {
        try write(Array(text.utf8))
    }

    /// Writes a text, and gives the exit code then.
    static func write(_ text: String, _ code: Int32) throws(CommandFailure) -> Int32 {
        try write(text)
        return code
    }

    /// Writes a text as the whole of what a command does.
    /// - Returns: the exit code.
    static func result(_ text: String) -> Int32 {
        write(Array(text.utf8), to: STDOUT_FILENO) == 0 ? ExitCode.done : ExitCode.failed
    }

    static func error(_ text: String) {
        _ = write(Array(text.utf8), to: STDERR_FILENO)
    }

    /// - Returns: 0 or `errno`.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = CPOSIX.write(descriptor, rest.baseAddress, rest.count)
                if count >= 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                    continue
                }
                let code = martlet_errno()
                // Another program may have made the terminal non-blocking.
                if code == EAGAIN {
                    var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    CPOSIX.poll(&poll, 1, -1)
                } else if code != EINTR {
                    return code
                }
            }
            return 0
        }
    }
}
