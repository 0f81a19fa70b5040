import Foundation
import TestSupport
import Testing

/// A file system in memory, of a few megabytes.
final class SmallDisk {
    static let need: Comment = "mounting a file system needs root, and a system that lets it"
    static let isPossible: Bool = {
        let folder = TemporaryFolder()
        return (try? SmallDisk(folder.path("disk"), megabytes: 1)) != nil
    }()

    let path: String
    private var isMounted = false

    init(_ path: String, megabytes: Int, options: String = "rw") throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let result = try runProgram(["/usr/bin/env", "mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,\(options)", "none", path])
        guard result.code == 0 else { throw Late("mount: \(result.errors)") }
        isMounted = true
    }

    deinit { unmount() }

    func unmount() {
        guard isMounted else { return }
        isMounted = false
        umount2(path, Int32(MNT_DETACH))
    }

    /// Takes all room that is left, with a file at this path.
    func fill(_ file: String) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        for size in [65536, 4096, 1] {
            let block = [UInt8](repeating: 0, count: size)
            while write(descriptor, block, size) == size {}
        }
        close(descriptor)
    }
}
