import Files
import TestSupport
import Testing

@testable import ModuleImages

@Suite struct `Digest cache` {
    private func entry(_ path: String) throws -> DigestCache.Entry {
        DigestCache.Entry(status: try Files.status(path), digest: try FileDigest.of(path))
    }

    @Test func `a file that has long been as it is is known`() throws {
        var cache = DigestCache()
        // A program of the system; what a test writes is too young.
        #expect(cache.known("/bin/sh") == nil)
        cache.remember("/bin/sh", try entry("/bin/sh"))
        #expect(try cache.known("/bin/sh")?.digest == FileDigest.of("/bin/sh"))
    }

    @Test func `a file that changed just now is not`() throws {
        var cache = DigestCache()
        let path = try TemporaryFolder().write("one", to: "file")
        cache.remember(path, DigestCache.Entry(status: try Files.status("/bin/sh"), digest: try FileDigest.of("/bin/sh")))
        #expect(cache.known(path) == nil, "its status is another one")
    }

    @Test func `a file that is gone is not, nor one that was read a moment after it changed`() throws {
        var cache = DigestCache()
        let folder = TemporaryFolder()
        let path = try folder.write("one", to: "file")
        cache.remember(path, try entry(path))
        #expect(cache.known(path) == nil)
        try Files.remove(path)
        #expect(cache.known(path) == nil)
    }

    @Test func `only so many are remembered`() throws {
        var cache = DigestCache()
        let shell = try entry("/bin/sh")
        cache.remember("/bin/sh", shell)
        for index in 0..<DigestCache.limit { cache.remember("/nowhere/\(index)", shell) }
        #expect(cache.known("/bin/sh") == nil)
    }
}
