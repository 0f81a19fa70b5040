import CMartlet
import JSON
import ModuleLinks

/// The version of the ABI that this host speaks.
public let martletABIVersion = UInt32(MARTLET_ABI_VERSION)

/// The result codes of martlet.h.
enum ResultCode {
    static func of(_ error: HubError) -> Int32 {
        switch error.kind {
        case .invalid, .conflict: Int32(MARTLET_ERROR_ARGUMENT)
        case .tooLarge: Int32(MARTLET_ERROR_TOO_LARGE)
        case .full: Int32(MARTLET_ERROR_FULL)
        case .storage: Int32(MARTLET_ERROR_STORAGE)
        case .notFound: Int32(MARTLET_ERROR_NOT_FOUND)
        }
    }

    static func text(_ code: Int32) -> Text {
        Text(String(cString: cText(code)))
    }

    /// Never freed.
    static func cText(_ code: Int32) -> UnsafePointer<CChar> {
        UnsafeRawPointer(name(code).utf8Start).assumingMemoryBound(to: CChar.self)
    }

    private static func name(_ code: Int32) -> StaticString {
        switch Int(code) {
        case MARTLET_OK: "ok"
        case MARTLET_ERROR_ARGUMENT: "a pointer, name or JSON text is not valid"
        case MARTLET_ERROR_TOO_LARGE: "over a limit"
        case MARTLET_ERROR_FULL: "a queue is full"
        case MARTLET_ERROR_STORAGE: "the state folder could not take it"
        case MARTLET_ERROR_NOT_FOUND: "no such module, method, timer, watch or waiting call"
        case MARTLET_ERROR_TIMEOUT: "no answer in time"
        case MARTLET_ERROR_FAILED: "failed"
        case MARTLET_ERROR_THREAD: "called on another thread than the module's"
        default: "an error of the module's own"
        }
    }
}
