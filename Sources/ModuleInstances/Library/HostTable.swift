import CMartlet
import JSON
import Messages
import ModuleLinks
import UV

/// The table of host functions that every library instance of this host gets; one for all, never changed.
///
/// The C functions only find the instance and call the method below that does the work.
final class HostTable {
    let pointer: UnsafeMutablePointer<martlet_host_api>

    init() {
        pointer = .allocate(capacity: 1)
        pointer.initialize(
            to: martlet_host_api(
                version: martletABIVersion,
                size: UInt32(MemoryLayout<martlet_host_api>.size),
                error_text: { ResultCode.cText($0) },
                send: { handle, message, done, context in
                    LibraryInstance.with(handle) { $0.send(message, done, context) } ?? Int32(MARTLET_ERROR_ARGUMENT)
                },
                report: { LibraryInstance.of($0)?.report($1, $2, $3) ?? Int32(MARTLET_ERROR_ARGUMENT) },
                twin: { LibraryInstance.of($0)?.twinForModule() ?? martlet_bytes() },
                invoke: { LibraryInstance.of($0)?.invoke($1, $2, $3, $4, $5, $6) ?? Int32(MARTLET_ERROR_ARGUMENT) },
                answer: { LibraryInstance.of($0)?.answer($1, $2, $3) ?? Int32(MARTLET_ERROR_ARGUMENT) },
                log: { LibraryInstance.of($0)?.log($1, $2) },
                timer_start: { LibraryInstance.of($0)?.startTimer($1, $2, $3, $4) ?? 0 },
                timer_stop: { LibraryInstance.of($0)?.stopTimer($1) ?? Int32(MARTLET_ERROR_ARGUMENT) },
                ready: { LibraryInstance.of($0)?.readyLater() }))
    }

    deinit {
        pointer.deinitialize(count: 1)
        pointer.deallocate()
    }
}

extension LibraryInstance {
    /// The instance behind the module's handle, which is valid from create to destroy; nil for NULL.
    fileprivate static func of(_ handle: OpaquePointer?) -> LibraryInstance? {
        guard let handle else { return nil }
        return Unmanaged<LibraryInstance>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
    }

    /// The same for what is called per message: nothing is retained, as the instance lives as long as its module runs.
    fileprivate static func with<Result>(_ handle: OpaquePointer?, _ body: (LibraryInstance) -> Result) -> Result? {
        guard let handle else { return nil }
        return Unmanaged<LibraryInstance>.fromOpaque(UnsafeRawPointer(handle))._withUnsafeGuaranteedRef { body($0) }
    }
}
