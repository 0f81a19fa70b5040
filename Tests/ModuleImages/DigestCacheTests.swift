import Files
import TestSupport
import Testing

@testable import ModuleImages

@Suite struct `Digest cache` {
    /// Digests of a file, and how often it was read for them.
    private func digests(of path: String, _ times: Int, between: () throws -> Void = {}) throws -> (digests: [ImageDigest], reads: Int) {
        var (cache, reads, digests) = (DigestCache(), 0, [ImageDigest]())
        for _ in 0..<times {
            let digest = try cache.digest(of: path) { (path) throws(FileError) in
                reads += 1
                return try FileDigest.of(path)
            }
            digests.append(digest)
            try between()
        }
        return (digests, reads)
    }

    @Test func `a file that has long been as it is is read once`() throws {
        // A program of the system; what a test writes is too young.
        let result = try digests(of: "/bin/sh", 3)
        #expect(result.reads == 1)
        #expect(result.digests == Array(repeating: try FileDigest.of("/bin/sh"), count: 3))
    }

    @Test func `a file that changed just now is read each time`() throws {
        let folder = TemporaryFolder()
        let path = try folder.write("one", to: "file")
        let result = try digests(of: path, 2) { try folder.write("two", to: "file") }
        #expect(result.reads == 2)
        #expect(result.digests[0] != result.digests[1])
    }

    @Test func `a file that is gone is an error although it was known`() throws {
        let folder = TemporaryFolder()
        let path = try folder.write("one", to: "file")
        #expect(throws: FileError.self) { try digests(of: path, 2) { try Files.remove(path) } }
    }
}
