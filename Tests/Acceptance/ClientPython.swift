import Foundation
import Testing

/// What Tests/Clients holds, and the Python of `Toolchain/python` to run it with.
enum ClientPython {
    static let path = MartletProgram.sources + "/.build-python/bin/python3"
    /// Debian's, for scripts that need nothing else.
    static let python = "/usr/bin/python3"
    static let folder = MartletProgram.sources + "/Tests/Clients"

    static let isThere = FileManager.default.isExecutableFile(atPath: path)

    /// Why a suite does not run without it.
    static let comment: Comment = "Toolchain/python installs the SDKs into .build-python"

    static func file(_ name: String) -> String { folder + "/" + name }

    /// A script of the folder as a program: the first line says what runs it.
    static func program(_ name: String) throws -> String {
        "#!\(path)\n" + (try String(contentsOfFile: file(name), encoding: .utf8))
    }
}
