import CMartlet

/// What the host refused; see the results in `martlet.h`.
public struct HostError: Error, Equatable, Sendable {
    /// The ABI's result code, negative.
    public let code: Int32

    public init(code: Int32) {
        self.code = code
    }

    /// A name, property or JSON text is not valid.
    public static var argument: HostError { HostError(code: Int32(MARTLET_ERROR_ARGUMENT)) }
    /// Over a limit: message 256 KB, twin section 32 KB, method payload 128 KB.
    public static var tooLarge: HostError { HostError(code: Int32(MARTLET_ERROR_TOO_LARGE)) }
    /// A queue is full and its rule is to refuse, or there are too many timers, watches, posts or calls.
    public static var full: HostError { HostError(code: Int32(MARTLET_ERROR_FULL)) }
    /// The state folder could not take it.
    public static var storage: HostError { HostError(code: Int32(MARTLET_ERROR_STORAGE)) }
    /// No such module, method, timer, watch or waiting call.
    public static var notFound: HostError { HostError(code: Int32(MARTLET_ERROR_NOT_FOUND)) }
    /// No answer in time.
    public static var timeout: HostError { HostError(code: Int32(MARTLET_ERROR_TIMEOUT)) }
    /// Anything else; also every call after the instance ended.
    public static var failed: HostError { HostError(code: Int32(MARTLET_ERROR_FAILED)) }
    /// Called on another thread than the module's.
    public static var thread: HostError { HostError(code: Int32(MARTLET_ERROR_THREAD)) }

    /// Nil for success.
    init?(failure code: Int32) {
        guard code != Int32(MARTLET_OK) else { return nil }
        self.code = code
    }
}
