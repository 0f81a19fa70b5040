import CUV

/// The memory of one libuv handle, and the way from it back to the object that owns it.
///
/// 1. The memory belongs to libuv from the handle's init until its close callback, which frees it. Nothing else does.
/// 2. `data` of the libuv handle points to this object, unretained, until `close()`; then it is nil.
/// 3. The owner holds this object and nobody else does. When the owner goes, `deinit` closes, and no callback finds an owner.
/// 4. A callback retains the owner while it runs, so an owner may be dropped in its own callback.
/// 5. The handle of a live process must not be closed, or nobody collects the child: it is left to its exit callback.
final class Handle {
    /// nil once closed.
    private(set) var memory: UnsafeMutableRawPointer?
    private var owner: UnsafeMutableRawPointer?
    /// What else goes with the handle, called once by `close`.
    var atClose: (() -> Void)?

    /// - Parameter initialize: one of libuv's init functions. When it fails there is nothing to close.
    init(
        _ type: uv_handle_type, _ loop: UnsafeMutablePointer<uv_loop_t>?,
        _ initialize: (UnsafeMutablePointer<uv_loop_t>, UnsafeMutableRawPointer) -> Int32
    ) throws(UVError) {
        guard let loop else { throw .canceled }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: uv_handle_size(type), alignment: 16)
        let status = initialize(loop, memory)
        guard status >= 0 else {
            memory.deallocate()
            throw UVError(code: status)
        }
        self.memory = memory
        memory.assumingMemoryBound(to: uv_handle_t.self).pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        close()
    }

    var isOpen: Bool { memory != nil }

    var isActive: Bool {
        guard let handle: UnsafeMutablePointer<uv_handle_t> = pointer() else { return false }
        return uv_is_active(handle) != 0
    }

    /// Whether an active handle keeps `Loop.run` going. libuv's default is true.
    func keepsLoopRunning(_ keeps: Bool) {
        guard let handle: UnsafeMutablePointer<uv_handle_t> = pointer() else { return }
        if keeps { uv_ref(handle) } else { uv_unref(handle) }
    }

    /// The memory as one of libuv's handle types; nil once closed.
    func pointer<T>(as type: T.Type = T.self) -> UnsafeMutablePointer<T>? {
        memory?.assumingMemoryBound(to: type)
    }

    /// Who hears of the handle's events. It must hold this object and be the only one to do so.
    func setOwner(_ owner: AnyObject) {
        self.owner = Unmanaged.passUnretained(owner).toOpaque()
    }

    /// The owner of a handle, from the `data` of that handle; nil once closed.
    static func owner<Owner: AnyObject>(_ data: UnsafeMutableRawPointer?, as type: Owner.Type) -> Owner? {
        guard let data, let owner = Unmanaged<Handle>.fromOpaque(data).takeUnretainedValue().owner else { return nil }
        return Unmanaged<Owner>.fromOpaque(owner).takeUnretainedValue()
    }

    /// From here on no callback finds the owner. The memory is freed in a later turn of the loop. Idempotent.
    func close() {
        guard let handle: UnsafeMutablePointer<uv_handle_t> = pointer() else { return }
        memory = nil
        owner = nil
        handle.pointee.data = nil
        atClose?()
        atClose = nil
        if handle.pointee.type == UV_PROCESS && uv_is_active(handle) != 0 {
            uv_unref(handle)
        } else {
            Handle.close(handle)
        }
    }

    /// Closes a handle that has no owner any more, and frees it.
    static func close(_ handle: UnsafeMutablePointer<uv_handle_t>) {
        guard uv_is_closing(handle) == 0 else { return }
        uv_close(handle) { handle in UnsafeMutableRawPointer(handle)?.deallocate() }
    }

    /// Closes a handle by way of its owner, where it still has one.
    static func detach(_ handle: UnsafeMutablePointer<uv_handle_t>) {
        guard let data = handle.pointee.data else { return }
        Unmanaged<Handle>.fromOpaque(data).takeUnretainedValue().close()
    }
}
