import ModuleImages
import TestSupport
import Testing
import UV

extension ImageStore {
    /// Brings an image into the store, and waits for it.
    func prepared(_ order: ImageOrder, _ loop: Loop) throws -> ImageCopy {
        var result: Result<PreparedImage, ImageError>?
        prepare(order) { result = $0 }
        try #require(run(loop) { result != nil })
        return try #require(result).get().copy
    }

    /// A library to be loaded into this process.
    func prepared(library path: String, _ loop: Loop) throws -> ImageCopy {
        try prepared(ImageOrder(.file(path), kind: .library, isLoadedHere: true), loop)
    }
}
