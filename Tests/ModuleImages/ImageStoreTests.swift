import Files
import Foundation
import JSON
import TestSupport
import Testing
import UV

@testable import ModuleImages

/// A store in a folder of its own, with a shared library beside it.
final class StoreFixture {
    let folder = TemporaryFolder()
    let loop: Loop
    let library: String
    private(set) var store: ImageStore

    init() throws {
        loop = try Loop()
        library = folder.path("libone.so")
        try FileManager.default.copyItem(atPath: Self.someLibrary, toPath: library)
        let lines = Lines()
        store = try ImageStore(loop, folder: folder.path("images"), host: ELFHeader.of(path: "/proc/self/exe")) { lines.all.append($1) }
        self.lines = lines
    }

    private final class Lines { var all: [Text] = [] }
    private let lines: Lines
    var log: [Text] { lines.all }

    deinit {
        store.close()
        loop.close()
    }

    /// A store of the next run of the host.
    func restart() throws {
        store.close()
        store = try ImageStore(loop, folder: folder.path("images"), host: nil)
    }

    func result(_ order: ImageOrder) throws -> Result<PreparedImage, ImageError> {
        var result: Result<PreparedImage, ImageError>?
        store.prepare(order) { result = $0 }
        try #require(run(loop) { result != nil })
        return try #require(result)
    }

    func prepared(_ order: ImageOrder) throws -> PreparedImage { try result(order).get() }

    /// The library, to be loaded here.
    var order: ImageOrder { ImageOrder(.file(library), kind: .library, isLoadedHere: true) }

    func error(_ order: ImageOrder) throws -> ImageError? {
        if case .failure(let error) = try result(order) { error } else { nil }
    }

    /// Removes what nobody has or wants.
    func collect(wanting wanted: [ImageDigest] = []) throws {
        store.collect { wanted }
        var isDone = false
        store.background({}, then: { isDone = true })
        try #require(run(loop) { isDone })
    }

    func content(_ path: String) throws -> [UInt8] { try Files.read(path, limit: 1 << 20) }

    /// Any shared library of this machine.
    static let someLibrary = ["/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib/arm-linux-gnueabihf"]
        .map { $0 + "/libdl.so.2" }.first { FileManager.default.fileExists(atPath: $0) }!
}

@Suite struct ImageStoreTests {
    private let fixture: StoreFixture
    init() throws { fixture = try StoreFixture() }

    @Test func `an image is copied under its digest and found again`() throws {
        let image = try fixture.prepared(fixture.order)
        #expect(image.copy.path == fixture.folder.path("images/\(image.digest.hex)/0"))
        #expect(try fixture.content(image.copy.path) == fixture.content(fixture.library))
        let before = try Files.status(image.copy.path)
        var order = fixture.order
        order.expected = image.digest
        order.isLoadedHere = false
        #expect(try fixture.prepared(order).copy.path == image.copy.path)
        #expect(try Files.status(image.copy.path) == before, "it is not copied again")
        #expect(try Files.names(in: fixture.folder.path("images")) == [image.digest.hex])
    }

    @Test func `where nothing changed, an image is there at once`() throws {
        // A program of the system: what a test writes is too young to be remembered.
        let order = ImageOrder(.file("/bin/sh"), kind: .executable)
        _ = try fixture.prepared(order)
        var isThere = false
        fixture.store.prepare(order) { if case .success = $0 { isThere = true } }
        #expect(isThere)
        // The store's copy counts too.
        let digest = try fixture.prepared(order).digest
        isThere = false
        fixture.store.prepare(ImageOrder(.stored(digest), kind: .executable)) { if case .success = $0 { isThere = true } }
        #expect(isThere)
    }

    @Test func `the copy stays as it is when the file under it is rewritten or deleted`() throws {
        let before = try fixture.content(fixture.library)
        let image = try fixture.prepared(fixture.order)
        try fixture.folder.write("rubbish", to: "libone.so")
        #expect(try fixture.content(image.copy.path) == before)
        try Files.remove(fixture.library)
        #expect(try fixture.content(image.copy.path) == before)
    }

    @Test func `instances of one image load different files, and use them again`() throws {
        let first = try fixture.prepared(fixture.order)
        var second: PreparedImage? = try fixture.prepared(fixture.order)
        let path = try #require(second).copy.path
        #expect(path == fixture.folder.path("images/\(first.digest.hex)/1"))
        #expect(try fixture.content(path) == fixture.content(fixture.library))
        second = nil
        let third = try fixture.prepared(fixture.order)
        #expect(third.copy.path == path)
        third.copy.giveBack()
        #expect(try fixture.prepared(fixture.order).copy.path == path, "one that was unloaded is free before it is let go")
    }

    @Test func `files that did not leave memory are not loaded again, and do not pile up`() throws {
        var paths: Set<String> = []
        for _ in 0..<5 {
            let image = try fixture.prepared(fixture.order)
            paths.insert(image.copy.path)
            image.copy.retire()
            image.copy.giveBack()
        }
        #expect(paths.count == 5, "no name is loaded twice")
        let digest = try fixture.prepared(ImageOrder(.file(fixture.library), kind: .library)).digest
        #expect(try Files.names(in: fixture.folder.path("images/\(digest.hex)")) == ["0"])
    }

    @Test func `a thousand restarts leave no more files than one`() throws {
        let order = ImageOrder(.file("/bin/sh"), kind: .executable, isLoadedHere: true)
        let digest = try fixture.prepared(order).digest
        for _ in 0..<1000 {
            let (one, two) = (try fixture.prepared(order), try fixture.prepared(order))
            #expect(one.copy.path != two.copy.path)
        }
        #expect(try Files.names(in: fixture.folder.path("images/\(digest.hex)")).sorted() == ["0", "1"])
    }

    // MARK: - Damage

    @Test func `a copy that is damaged is noticed and copied anew, as a new file`() throws {
        var image: PreparedImage? = try fixture.prepared(fixture.order)
        let path = try #require(image).copy.path
        image = nil
        for damage in ["", "short", String(repeating: "x", count: try fixture.content(fixture.library).count)] {
            let inode = try Files.status(path).inode
            chmod(path, 0o600)
            try damage.write(toFile: path, atomically: false, encoding: .utf8)
            let handle = open(path, O_RDONLY)
            defer { close(handle) }
            #expect(try fixture.prepared(fixture.order).copy.path == path)
            #expect(try fixture.content(path) == fixture.content(fixture.library))
            #expect(try Files.status(path).inode != inode, "who runs the old file keeps it")
        }
        #expect(fixture.log.count == 3 && fixture.log[0].string.hasSuffix("was damaged and was copied anew"))
    }

    @Test func `further copies are compared in every run, and made anew where they differ`() throws {
        let path: String
        do {
            let (_, second) = (try fixture.prepared(fixture.order), try fixture.prepared(fixture.order))
            path = second.copy.path
        }
        let size = try fixture.content(fixture.library).count
        try String(repeating: "x", count: size).write(toFile: path, atomically: false, encoding: .utf8)
        try fixture.restart()
        let (_, second) = (try fixture.prepared(fixture.order), try fixture.prepared(fixture.order))
        #expect(second.copy.path == path)
        #expect(try fixture.content(path) == fixture.content(fixture.library))
    }

    @Test func `an image of the store is read before it is used, and refused where it is damaged or gone`() throws {
        let digest = try fixture.prepared(fixture.order).digest
        try fixture.restart()
        let order = ImageOrder(.stored(digest), kind: .library, isLoadedHere: true)
        #expect(try fixture.prepared(order).digest == digest)
        try fixture.restart()
        let path = fixture.folder.path("images/\(digest.hex)/0")
        let size = try fixture.content(path).count
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.seek(toOffset: UInt64(size / 2))
        handle.write(Data([1, 2, 3]))
        try handle.close()
        #expect(try fixture.error(order)?.reason.string == "the store's copy of image \(digest.text) is damaged")
        try Files.remove(path)
        #expect(try fixture.error(order)?.kind == .missing)
    }

    @Test func `what is left of an interrupted copy is no image, and goes`() throws {
        let digest = try fixture.prepared(fixture.order).digest
        let path = fixture.folder.path("images/\(digest.hex)/0")
        try Files.rename(path, to: path + ".part")
        try fixture.folder.write("half", to: "images/\(digest.hex)/1.part")
        try fixture.restart()
        let image = try fixture.prepared(fixture.order)
        #expect(try fixture.content(image.copy.path) == fixture.content(fixture.library))
        try fixture.collect()
        #expect(try Files.names(in: fixture.folder.path("images/\(digest.hex)")) == ["0"])
    }

    @Test func `images that nobody has or wants are removed`() throws {
        let held = try fixture.prepared(fixture.order)
        let script = try fixture.folder.write("#!/bin/sh\n", to: "script")
        let order = ImageOrder(.file(script), kind: .executable)
        let wanted = try fixture.prepared(order).digest
        try fixture.folder.write("#!/bin/sh\n# other\n", to: "script")
        let unused = try fixture.prepared(order).digest
        try fixture.collect(wanting: [wanted])
        #expect(Set(try Files.names(in: fixture.folder.path("images"))) == [held.digest.hex, wanted.hex])
        #expect(try fixture.prepared(order).digest == unused, "it is taken again when it is needed again")
    }

    @Test func `a name whose library stayed in memory is not used again, also after its image was removed`() throws {
        var image: PreparedImage? = try fixture.prepared(fixture.order)
        let path = try #require(image).copy.path
        image?.copy.end(staysInMemory: true)
        image = nil
        try fixture.collect()
        #expect(try Files.names(in: fixture.folder.path("images")).isEmpty)
        #expect(try fixture.prepared(fixture.order).copy.path != path)
    }

    @Test func `a store that is closed does not finish a long copy first`() throws {
        let large = fixture.folder.path("large.sh")
        try fixture.folder.write("#!/bin/sh\n", to: "large.sh")
        truncate(large, off_t(ImageFile.maximumSize))
        var hasCome = false
        fixture.store.prepare(ImageOrder(.file(large), kind: .executable)) { _ in hasCome = true }
        fixture.store.close()
        settle(fixture.loop)
        #expect(!hasCome)
        #expect(try Files.names(in: fixture.folder.path("images")).isEmpty)
    }

    // MARK: - Errors

    @Test func `what is wrong with a file lasts, what the system refuses does not`() throws {
        let text = try fixture.folder.write("hello", to: "text")
        let wrong = try fixture.error(ImageOrder(.file(text), kind: .library))
        #expect(wrong?.isLasting == true && wrong?.kind == .unusable)
        let missing = try fixture.error(ImageOrder(.file(text + "2"), kind: .library))
        #expect(missing?.isLasting == true && missing?.kind == .missing)
        // A file where the store needs a folder, as a read-only disk.
        let digest = try #require(ImageDigest(ofFile: fixture.library))
        try fixture.folder.write("", to: "images/\(digest.hex)")
        let refused = try fixture.error(fixture.order)
        #expect(refused?.isLasting == false && refused?.kind == .system)
    }

    @Test func `a wrong digest is refused and both are named`() throws {
        let wrong = ImageDigest(bytes: Array(repeating: 0xAB, count: 32))
        let digest = try fixture.prepared(fixture.order).digest
        var order = fixture.order
        order.expected = wrong
        #expect(
            try fixture.error(order)?.reason.string
                == "image \(fixture.library) has the digest \(digest.text); the manifest asks for \(wrong.text)")
    }

    @Test func `a refused image is not taken, also where it is known`() throws {
        var order = ImageOrder(.file("/bin/sh"), kind: .executable)
        order.refused = ImageDigest(ofFile: "/bin/sh")
        #expect(try fixture.error(order)?.kind == .refused)
        #expect(try Files.names(in: fixture.folder.path("images")).isEmpty, "nothing is copied for it")
        order.refused = nil
        _ = try fixture.prepared(order)
        order.refused = ImageDigest(ofFile: "/bin/sh")
        #expect(try fixture.error(order)?.kind == .refused)
    }

    @Test func `a file that somebody writes to is busy until it is closed`() throws {
        let writer = try #require(FileHandle(forUpdatingAtPath: fixture.library))
        let busy = try fixture.error(fixture.order)
        #expect(busy?.kind == .busy && busy?.isLasting == false)
        #expect(busy?.reason.string == "image \(fixture.library) is being written; it is taken once it is complete")
        try writer.close()
        // Another test may be forking: its child has the file open for a moment more.
        let deadline = ContinuousClock.now + .seconds(10)
        while try fixture.error(fixture.order)?.kind == .busy, ContinuousClock.now < deadline {}
        _ = try fixture.prepared(fixture.order)
    }

    @Test func `a file that changed a moment ago is busy where it must be quiet`() throws {
        var order = fixture.order
        order.mustBeQuiet = true
        // The file of the fixture is a moment old; one of the system is not.
        try fixture.folder.write("#!/bin/sh\n", to: "script")
        order.source = .file(fixture.folder.path("script"))
        order.kind = .executable
        #expect(try fixture.error(order)?.kind == .busy)
        order.source = .file("/bin/sh")
        _ = try fixture.prepared(order)
    }

    @Test func `a full disk is said with its remedy, and leaves nothing behind`() throws {
        let error = ImageError(FileError("write", "/x", code: ENOSPC))
        #expect(error.reason.string == "write /x: No space left on device; make room where the state folder is")
        #expect(!error.isLasting)
    }

    @Test func `a store that cannot be made says where`() throws {
        try fixture.folder.write("", to: "file")
        let error = #expect(throws: ImageError.self) {
            try ImageStore(fixture.loop, folder: fixture.folder.path("file/images"), host: nil)
        }
        #expect(error?.reason.string == "make folder \(fixture.folder.path("file/images")): Not a directory")
    }

    @Test func `orders are done one after the other, each with its own result`() throws {
        var order: [Int] = []
        for number in 0..<50 {
            fixture.store.prepare(number % 5 == 4 ? ImageOrder(.file("/nonexistent"), kind: .library) : fixture.order) { result in
                if case .success = result { order.append(number) } else { order.append(-number) }
            }
        }
        #expect(run(fixture.loop) { order.count == 50 })
        #expect(order == (0..<50).map { $0 % 5 == 4 ? -$0 : $0 })
    }
}
