import CPOSIX

/// A loaded shared library. Its symbols are visible to nobody but who asks for them here.
///
/// The same file loaded twice is one library with one set of variables: give each instance a file of its own.
public final class SharedLibrary {
    private var handle: UnsafeMutableRawPointer?

    /// Loads now, with everything the library refers to: an undefined symbol is an error here and not a crash later.
    /// (That is why this is not `uv_dlopen`, which binds lazily.)
    /// - Parameter path: with a slash in it, or the linker looks for it in its own folders.
    public init(path: String) throws(SharedLibraryError) {
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw SharedLibraryError(message: dlerror().map { String(cString: $0) } ?? path + ": cannot be loaded")
        }
        self.handle = handle
    }

    deinit {
        close()
    }

    /// Whether a library of this file is in memory: it may stay there after `close`, because of what it or others registered.
    public static func isLoaded(path: String) -> Bool {
        guard let handle = dlopen(path, RTLD_NOLOAD | RTLD_LAZY) else { return false }
        dlclose(handle)
        return true
    }

    /// The address of an exported symbol; nil when there is none, or after `close`. Valid until `close`.
    public func symbol(_ name: String) -> UnsafeMutableRawPointer? {
        guard let handle else { return nil }
        return dlsym(handle, name)
    }

    /// Whether a symbol's address is a variable's, which cannot be called. False where the library does not say what it is.
    public static func isVariable(_ address: UnsafeMutableRawPointer) -> Bool {
        martlet_is_variable(address) != 0
    }

    /// The library stays in memory for ever: something may still run in it. Its symbols can no longer be asked for.
    public func keep() {
        handle = nil
    }

    /// Unloads. No code of the library may run or be called from here on. Idempotent.
    public func close() {
        guard let handle else { return }
        self.handle = nil
        dlclose(handle)
    }
}
