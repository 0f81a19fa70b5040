/// What the program's exit says (contract section 2).
enum ExitCode {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    /// Wrong usage or invalid input.
    static let invalid: Int32 = 2
    /// No host is running there.
    static let noHost: Int32 = 3
}
