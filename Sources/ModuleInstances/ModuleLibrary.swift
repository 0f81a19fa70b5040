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
            throw InstanceError("cannot load the image: \(error.message)")
        }
        guard let symbol = library.symbol("martlet_module") else {
            throw InstanceError("the image does not export martlet_module; see martlet.h, or use type functions for a plain C library")
        }
        typealias Entry = @convention(c) (UnsafePointer<martlet_host_api>?) -> UnsafePointer<martlet_module_api>?
        guard let table = unsafeBitCast(symbol, to: Entry.self)(host.pointer) else {
            throw InstanceError("the image refuses this host, whose module ABI is version \(martletABIVersion)")
        }
        try Self.check(table.pointee)
        self.library = library
        self.table = table
    }

    /// Unloads. No code of the module may run from here on.
    func close() {
        library.close()
    }

    private static func check(_ table: martlet_module_api) throws(InstanceError) {
        guard table.version == martletABIVersion else {
            throw InstanceError("the image has module ABI version \(table.version); this host has version \(martletABIVersion)")
        }
        guard table.size >= UInt32(MemoryLayout<martlet_module_api>.size) else {
            throw InstanceError(
                "the image's module table has \(table.size) bytes; version 1 has \(MemoryLayout<martlet_module_api>.size)")
        }
        guard table.create != nil, table.destroy != nil else {
            throw InstanceError("the image's module table lacks create or destroy, which are required")
        }
    }
}
