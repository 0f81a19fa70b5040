import CMartlet
import CPOSIX
import JSON
import UV

/// A loaded library image with the table that its one symbol gave.
final class ModuleLibrary {
    private var library: SharedLibrary?
    /// A copy, as much of it as both sides know; the rest is NULL. Its functions are valid until `close`.
    private(set) var table = martlet_module_api()
    /// Of its one symbol.
    private(set) var address: UnsafeRawPointer?

    /// Bytes of a module's table as version 1 was first published: two numbers and seven words, `destroy` the last. For ever:
    /// `martlet_module_api` may grow, and images that were built before still load.
    static let smallestTable = 8 + 7 * MemoryLayout<UnsafeRawPointer>.size

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
        if SharedLibrary.isVariable(symbol) {
            throw InstanceError("the image's martlet_module is a variable and not a function; see martlet.h", isLasting: true)
        }
        typealias Entry = @convention(c) (UnsafePointer<martlet_host_api>?) -> UnsafePointer<martlet_module_api>?
        guard let table = unsafeBitCast(symbol, to: Entry.self)(host.pointer) else {
            throw InstanceError("the image refuses this host, whose module ABI is version \(martletABIVersion)", isLasting: true)
        }
        self.table = try Self.checked(table)
        self.library = library
        address = UnsafeRawPointer(symbol)
    }

    /// Unloads. No code of the module may run from here on.
    func close() {
        library?.close()
    }

    /// A thread of the module still runs in it: it stays in memory.
    func keepLoaded() {
        library?.keep()
    }

    /// Reads no further than what was found to be there.
    private static func checked(_ pointer: UnsafePointer<martlet_module_api>) throws(InstanceError) -> martlet_module_api {
        guard pointer.pointee.version == martletABIVersion else {
            throw InstanceError(
                "the image has module ABI version \(pointer.pointee.version); this host has version \(martletABIVersion)", isLasting: true)
        }
        let size = Int(pointer.pointee.size)
        guard size >= smallestTable else {
            throw InstanceError(
                "the image's module table has \(size) bytes; version 1 has at least \(smallestTable): its size must be sizeof(martlet_module_api)",
                isLasting: true)
        }
        var table = martlet_module_api()
        memcpy(&table, pointer, min(size, MemoryLayout<martlet_module_api>.size))
        guard table.create != nil, table.destroy != nil else {
            throw InstanceError("the image's module table lacks create or destroy, which are required", isLasting: true)
        }
        return table
    }
}
