import CPOSIX

/// The place of one module among those whose calls are marked, in the host or in a process of its own. Made and let go on the thread on
/// which the module runs.
final class ModuleCalls {
    private let containment: Containment
    let mark: CallMark
    private var stays = false

    init(_ containment: Containment, _ mark: CallMark) {
        self.containment = containment
        self.mark = mark
    }

    deinit {
        containment.release(mark.thread, mark.slot, stays: stays)
    }

    /// The module's image stays in memory for ever, and maybe a thread in it, of which the host may still die.
    func staysLoaded() {
        stays = true
    }

    /// The module's image is in memory, with this address in it.
    func loaded(_ address: UnsafeRawPointer) {
        let extent = martlet_library_extent(address)
        mark.slot.pointee.imageStart = extent.start
        mark.slot.pointee.imageEnd = extent.end
    }
}
