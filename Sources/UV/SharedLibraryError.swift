/// Why a shared library could not be loaded.
public struct SharedLibraryError: Error, Sendable {
    /// The dynamic linker's own words: file and reason.
    public let message: String

    init(message: String) {
        self.message = message
    }
}
