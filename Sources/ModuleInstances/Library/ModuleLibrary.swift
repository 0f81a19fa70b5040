import CMartlet
import JSON
import UV

/// A loaded library image with the table that its one symbol gave.
final class ModuleLibrary {
    private let library: SharedLibrary
    /// Valid until `close`.
    let table: UnsafePointer<martlet_module_api>

    /// Loads the image and asks it for its table. The two sides agree on a version here, or not at all.
    init(path: String, host: HostTable) throws(InstanceError) {
        let library: SharedLibrary
        do throws(SharedLibraryError) {
            library = try SharedLibrary(path: path)
        } catch {
            throw InstanceError("cannot load the image: \(error.message)", isLasting: true)
        }
        guard let symbol = library.symbol("martlet_module") else {
            throw InstanceError(
                "the image does not export martlet_module; see martlet.h, or use type functions for a plain C library", isLasting: true)
        }
        typealias Entry = @convention(c) (UnsafePointer<martlet_host_api>?) -> UnsafePointer<martlet_module_api>?
        guard let table = unsafeBitCast(symbol, to: Entry.self)(host.pointer) else {
            throw InstanceError("the image refuses this host, whose module ABI is version \(martletABIVersion)", isLasting: true)
        }
        try Self.check(table)
        self.library = library
        self.table = table
    }

    /// Unloads. No code of the module may run from here on.
    func close() {
        library.close()
    }

    /// Reads no further than what was found to be there.
    private static func check(_ pointer: UnsafePointer<martlet_module_api>) throws(InstanceError) {
        guard pointer.pointee.version == martletABIVersion else {
            throw InstanceError(
                "the image has module ABI version \(pointer.pointee.version); this host has version \(martletABIVersion)", isLasting: true)
        }
        guard pointer.pointee.size >= UInt32(MemoryLayout<martlet_module_api>.size) else {
            throw InstanceError(
                "the image's module table has \(pointer.pointee.size) bytes; version 1 has \(MemoryLayout<martlet_module_api>.size)",
                isLasting: true)
        }
        guard pointer.pointee.create != nil, pointer.pointee.destroy != nil else {
            throw InstanceError("the image's module table lacks create or destroy, which are required", isLasting: true)
        }
    }
}
