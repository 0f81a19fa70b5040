/// Why a module cannot be made or started; the reason goes to the log of the instance.
public struct ModuleError: Error {
    public let reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}
