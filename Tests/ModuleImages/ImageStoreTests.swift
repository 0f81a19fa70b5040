import Files
import Foundation
import ModuleImages
import TestSupport
import Testing

/// A store in a folder of its own, with a shared library beside it.
private struct Fixture {
    let folder = TemporaryFolder()
    let store: ImageStore
    let library: String

    init() throws {
        store = try ImageStore(folder: folder.path("images"), host: ELFHeader.of(path: "/proc/self/exe"))
        library = folder.path("libone.so")
        try FileManager.default.copyItem(atPath: Fixture.someLibrary, toPath: library)
    }

    /// Any shared library of this machine.
    static let someLibrary = ["/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib/arm-linux-gnueabihf"]
        .map { $0 + "/libdl.so.2" }.first { FileManager.default.fileExists(atPath: $0) }!
}

@Test func `an image is copied under its digest and found again`() throws {
    let fixture = try Fixture()
    let image = try fixture.store.resolve(path: fixture.library, kind: .library, expected: nil)
    #expect(image.path == fixture.folder.path("images/\(image.digest.hex)/0"))
    #expect(try Files.read(image.path, limit: 1 << 20) == Files.read(fixture.library, limit: 1 << 20))
    #expect(try fixture.store.resolve(path: fixture.library, kind: .library, expected: image.digest) == image)
    #expect(try Files.names(in: fixture.folder.path("images")) == [image.digest.hex])
}

@Test func `the copy stays as it is when the file under it is rewritten or deleted`() throws {
    let fixture = try Fixture()
    let before = try Files.read(fixture.library, limit: 1 << 20)
    let image = try fixture.store.resolve(path: fixture.library, kind: .library, expected: nil)
    try fixture.folder.write("rubbish", to: "libone.so")
    #expect(try Files.read(image.path, limit: 1 << 20) == before)
    try Files.remove(fixture.library)
    #expect(try Files.read(image.path, limit: 1 << 20) == before)
}

@Test func `instances of one image load different files`() throws {
    let fixture = try Fixture()
    let image = try fixture.store.resolve(path: fixture.library, kind: .library, expected: nil)
    let first = try fixture.store.copy(of: image)
    var second: ImageCopy? = try fixture.store.copy(of: image)
    #expect(first.path == image.path)
    #expect(second?.path == fixture.folder.path("images/\(image.digest.hex)/1"))
    second = nil
    let third = try fixture.store.copy(of: image)
    #expect(third.path == fixture.folder.path("images/\(image.digest.hex)/1"), "a file that was given back is used again")
    #expect(first.path != third.path)
}

@Test func `a file that did not leave memory is not loaded again`() throws {
    let fixture = try Fixture()
    let image = try fixture.store.resolve(path: fixture.library, kind: .library, expected: nil)
    var first: ImageCopy? = try fixture.store.copy(of: image)
    let path = try #require(first?.path)
    first?.retire()
    first = nil
    #expect(try fixture.store.copy(of: image).path != path)
}

@Test func `files that did not leave memory do not pile up in the store`() throws {
    let fixture = try Fixture()
    let image = try fixture.store.resolve(path: fixture.library, kind: .library, expected: nil)
    var paths: Set<String> = []
    for _ in 0..<5 {
        let copy = try fixture.store.copy(of: image)
        paths.insert(copy.path)
        copy.retire()
    }
    #expect(paths.count == 5, "no name is loaded twice")
    #expect(try Files.names(in: fixture.folder.path("images/\(image.digest.hex)")) == ["0"])
}

@Test func `what is wrong with a file lasts, what the system refuses does not`() throws {
    let fixture = try Fixture()
    let text = try fixture.folder.write("hello", to: "text")
    let wrong = #expect(throws: ImageError.self) { try fixture.store.resolve(path: text, kind: .library, expected: nil) }
    #expect(wrong?.isLasting == true)
    // A file where the store needs a folder, as a full disk or a read-only one.
    let digest = try #require(ImageDigest(ofFile: fixture.library))
    try fixture.folder.write("", to: "images/\(digest.hex)")
    let refused = #expect(throws: ImageError.self) { try fixture.store.resolve(path: fixture.library, kind: .library, expected: nil) }
    #expect(refused?.isLasting == false)
}

@Test func `a wrong digest is refused and both are named`() throws {
    let fixture = try Fixture()
    let wrong = ImageDigest(bytes: Array(repeating: 0xAB, count: 32))
    let digest = try fixture.store.resolve(path: fixture.library, kind: .library, expected: nil).digest
    let error = #expect(throws: ImageError.self) {
        try fixture.store.resolve(path: fixture.library, kind: .library, expected: wrong)
    }
    #expect(error?.reason.string == "image \(fixture.library) has the digest \(digest.text); the manifest asks for \(wrong.text)")
}

@Test func `images that nobody uses are removed`() throws {
    let fixture = try Fixture()
    let kept = try fixture.store.resolve(path: fixture.library, kind: .library, expected: nil)
    let script = try fixture.folder.write("#!/bin/sh\n", to: "script")
    let unused = try fixture.store.resolve(path: script, kind: .executable, expected: nil)
    fixture.store.collect(keeping: [kept.digest])
    #expect(Files.exists(kept.path))
    #expect(!Files.exists(unused.path))
}

@Test func `what is left of an interrupted copy is no image`() throws {
    let fixture = try Fixture()
    let image = try fixture.store.resolve(path: fixture.library, kind: .library, expected: nil)
    try Files.rename(image.path, to: image.path + ".part")
    try fixture.folder.write("half", to: "images/\(image.digest.hex)/0.part")
    #expect(try fixture.store.resolve(path: fixture.library, kind: .library, expected: nil) == image)
    #expect(try Files.read(image.path, limit: 1 << 20) == Files.read(fixture.library, limit: 1 << 20))
}

@Test func `a store that cannot be made says where`() throws {
    let folder = TemporaryFolder()
    try folder.write("", to: "file")
    let error = #expect(throws: ImageError.self) { try ImageStore(folder: folder.path("file/images"), host: nil) }
    #expect(error?.reason.string == "make folder \(folder.path("file/images")): Not a directory")
}
