import CMartlet
import JSON

/// Why a message that a library module sends is not taken.
struct RefusedMessage: Error {
    /// What `send` returns.
    let code: Int32
    /// What is wrong and what would be right, for the module's log.
    let reason: Text

    init(_ reason: Text) {
        code = Int32(MARTLET_ERROR_ARGUMENT)
        self.reason = reason
    }

    init(tooLarge reason: Text) {
        code = Int32(MARTLET_ERROR_TOO_LARGE)
        self.reason = reason
    }
}
