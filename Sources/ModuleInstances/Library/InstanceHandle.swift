import CMartlet
import CPOSIX
import JSON
import UV

/// What a module's `martlet_instance` points to. Valid from create to destroy, and for ever where a thread of the module outlives
/// destroy: so it knows by itself which calls may go on to the instance.
final class InstanceHandle: @unchecked Sendable {
    /// Posts that may wait, and lines from other threads among them.
    static let postLimit = 4096
    static let lineLimit = 256

    /// The module's thread. Only there is `instance` read and written.
    private let thread: pthread_t
    /// nil once the instance has ended.
    private var instance: Unmanaged<LibraryInstance>?
    private let mailbox: Mailbox
    /// What the module calls is valid as long as this is.
    private let table: HostTable

    /// On the module's thread.
    init(_ instance: LibraryInstance, _ table: HostTable) throws(InstanceError) {
        do throws(UVError) {
            mailbox = try Mailbox(instance.loop)
        } catch {
            throw InstanceError("cannot make the queue of posts: \(Text(error.description))")
        }
        thread = pthread_self()
        self.table = table
        self.instance = .passUnretained(instance)
    }

    var pointer: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// From any thread; nil for NULL.
    static func of(_ pointer: OpaquePointer?) -> InstanceHandle? {
        guard let pointer else { return nil }
        return Unmanaged<InstanceHandle>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
    }

    /// Calls the instance on its own thread. Nothing is retained: it lives as long as its module runs.
    /// - Returns: what `body` returns, or why it was not called.
    @inline(never)
    static func call(_ pointer: OpaquePointer?, _ function: Text, _ body: (LibraryInstance) -> Int32) -> Int32 {
        guard let pointer else { return Int32(MARTLET_ERROR_ARGUMENT) }
        return Unmanaged<InstanceHandle>.fromOpaque(UnsafeRawPointer(pointer))._withUnsafeGuaranteedRef { handle in
            guard pthread_self() == handle.thread else { return handle.wrongThread(function) }
            return handle.instance?._withUnsafeGuaranteedRef(body) ?? Int32(MARTLET_ERROR_FAILED)
        }
    }

    /// The same for what is known by a number.
    /// - Returns: 0 where `body` was not called.
    static func number(_ pointer: OpaquePointer?, _ function: Text, _ body: (LibraryInstance) -> UInt64) -> UInt64 {
        var number: UInt64 = 0
        _ = call(pointer, function) {
            number = body($0)
            return Int32(MARTLET_OK)
        }
        return number
    }

    /// What waits runs now, and no more posts are taken: only the last words of the module's threads.
    func endPosts() {
        mailbox.finish()
    }

    /// The instance has ended.
    /// - Parameter forEver: a thread that still runs may go on calling this.
    func end(staysForEver forEver: Bool) {
        mailbox.close()
        instance = nil
        if forEver { _ = Unmanaged.passRetained(self) }
    }

    // MARK: from any thread

    func post(_ fire: martlet_fire?, _ context: UnsafeMutableRawPointer?) -> Int32 {
        guard let fire else { return Int32(MARTLET_ERROR_ARGUMENT) }
        // The address is only handed through.
        let address = UInt(bitPattern: context)
        let outcome = mailbox.post(limit: Self.postLimit) { [self] in
            instance?.takeUnretainedValue().callBack(.post) { fire(UnsafeMutableRawPointer(bitPattern: address)) }
        }
        return switch outcome {
        case .taken: Int32(MARTLET_OK)
        case .full: Int32(MARTLET_ERROR_FULL)
        case .closed: Int32(MARTLET_ERROR_FAILED)
        }
    }

    func log(_ level: Int32, _ text: UnsafePointer<CChar>?) {
        guard let text else { return }
        if pthread_self() == thread {
            instance?.takeUnretainedValue().log(level, Text(String(cString: text)))
        } else {
            log(later: level, Text(utf8: UnsafeRawBufferPointer(start: text, count: strnlen(text, ModuleProcess.logLineLimit))))
        }
    }

    private func log(later level: Int32, _ line: Text) {
        _ = mailbox.post(limit: Self.lineLimit, isLastWord: true) { [self] in instance?.takeUnretainedValue().log(level, line) }
    }

    @inline(never)
    private func wrongThread(_ function: Text) -> Int32 {
        log(later: Int32(MARTLET_LOG_ERROR), "\(function): called on another thread than the module's; use post to get there")
        return Int32(MARTLET_ERROR_THREAD)
    }
}
