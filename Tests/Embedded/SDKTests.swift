import Foundation
import Testing

/// What dist holds for people who write modules.
@Suite(.enabled(if: Board.dist != nil, "MARTLET_DIST is not set: Toolchain/test builds for the boards and sets it"))
struct `The SDK of a board` {
    @Test(arguments: Board.built) func `is known to pkg-config`(board: Board) throws {
        let search = "PKG_CONFIG_PATH=\(board.folder)/lib/pkgconfig"
        let flags = try Output(of: ["env", search, "pkg-config", "--cflags", "martlet"])
        #expect(flags.status == 0, "\(flags.text)")
        let source = "#include <martlet.h>\nconst martlet_module_api *martlet_module(const martlet_host_api *h) { (void)h; return 0; }"
        let compile = "printf '%s\\n' '\(source)' | cc $(\(search) pkg-config --cflags martlet) -Wall -Werror -fsyntax-only -x c -"
        let compiled = try Output(of: ["sh", "-c", compile])
        #expect(compiled.status == 0, "\(compiled.text)")
        let version = try Output(of: ["env", search, "pkg-config", "--modversion", "martlet"])
        #expect(version.text.trimmingCharacters(in: .whitespacesAndNewlines) == "1")
    }

    @Test(arguments: Board.built) func `is what the program says`(board: Board) throws {
        #expect(try board.martlet("sdk", "--cflags").text.contains("-I\(board.folder)/include "))
        #expect(FileManager.default.fileExists(atPath: board.folder + "/include/martlet.rs"))
        #expect(try board.martlet("sdk", "--swift").text == "\(board.folder)/share/martlet/swift\n")
    }

    @Test(arguments: Board.built.filter(\.emulator.isEmpty)) func `has a Swift package that builds alone`(board: Board) throws {
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-sdk-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let build = try Output(of: ["swift", "build", "--package-path", board.folder + "/share/martlet/swift", "--scratch-path", scratch])
        #expect(build.status == 0, "\(build.text)")
    }
}
