import CPOSIX

/// Tells work on another thread to end soon. May be used on any thread.
final class Cancellation: @unchecked Sendable {
    private let flag: UnsafeMutablePointer<Int32>

    init() {
        flag = .allocate(capacity: 1)
        flag.initialize(to: 0)
    }

    deinit {
        flag.deallocate()
    }

    func cancel() { martlet_set_flag(flag) }

    var isCancelled: Bool { martlet_flag_is_set(flag) != 0 }
}
