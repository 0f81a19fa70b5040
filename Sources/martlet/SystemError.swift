import CPOSIX

/// The system's errors in words.
enum SystemError {
    /// - Parameter code: an `errno`.
    static func text(_ code: Int32) -> String {
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }
}
