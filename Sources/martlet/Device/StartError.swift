/// Why a device cannot be started.
struct StartError: Error {
    /// Names place, reason and remedy.
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
