import Foundation
import TestSupport
import Testing

/// A state folder without room.
struct StoreFullTests {
    /// A small disk at a path; only root may mount one.
    private final class SmallDisk {
        let path: String
        init?(_ path: String, bytes: Int) throws {
            self.path = path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            guard getuid() == 0, try runProgram(["/bin/mount", "-t", "tmpfs", "-o", "size=\(bytes)", "none", path]).code == 0 else {
                return nil
            }
        }
        deinit { _ = try? runProgram(["/bin/umount", "-l", path]) }

        /// Returns the file that takes the room.
        func fill() throws -> String {
            let ballast = path + "/ballast"
            _ = try runProgram(["/bin/dd", "if=/dev/zero", "of=" + ballast, "bs=4096"])
            return ballast
        }
    }

    /// With a state folder on a small disk; nil: there cannot be one.
    private func host(_ program: MartletProgram) throws -> (Host, SmallDisk)? {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        let host = try Host(program, manifest, images: [try Images.probe])
        return try SmallDisk(host.folder.path("state"), bytes: 2 << 20).map { (host, $0) }
    }

    @Test(arguments: MartletProgram.all) func `with a full store what runs goes on, and the new image is taken when there is room`(
        _ program: MartletProgram
    ) throws {
        guard let (host, disk) = try host(program) else { return }
        try host.start("probe")
        defer { _ = try? host.end() }
        let ballast = try disk.fill()
        let end = host.logEnd
        try host.install(try Images.probe2, as: "libprobe.so")
        let told = try host.log(from: end) { $0.contains("its new image is not taken") }
        #expect(told.text.contains("No space left on device; make room where the state folder is"), "\(told.text)")
        #expect(try host.invoke("probe", "build").int == 1)
        #expect(try host.module("probe")["description"].string?.contains("No space left") == true)
        // A crash now finds what it ran before.
        #expect(try host.martlet("restart", "probe").code == 0)
        #expect(try host.invoke("probe", "build").int == 1)
        try FileManager.default.removeItem(atPath: ballast)
        try host.log(from: end) { $0.contains("its image changed") }
        try host.waitUntil { try host.invoke("probe", "build").int == 2 }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: disk.path).allSatisfy { !$0.hasSuffix(".part") })
    }

    @Test(arguments: MartletProgram.all) func `a host that starts with a full store runs what it has, and takes the new image later`(
        _ program: MartletProgram
    ) throws {
        guard let (host, disk) = try host(program) else { return }
        try host.start("probe")
        try host.end()
        let ballast = try disk.fill()
        try host.install(try Images.probe2, as: "libprobe.so")
        try host.start("probe")
        defer { _ = try? host.end() }
        #expect(try host.invoke("probe", "build").int == 1)
        #expect(try host.module("probe")["description"].string?.contains("No space left") == true)
        try FileManager.default.removeItem(atPath: ballast)
        try host.waitUntil { try host.invoke("probe", "build").int == 2 }
    }
}
