import Foundation
import Testing

/// A board, and what `Toolchain/build` left for it in `dist/`.
struct Board: CustomTestStringConvertible {
    let name: String
    /// As `readelf -h` names it.
    let machine: String
    let loader: String
    let emulator: [String]

    var testDescription: String { name }
    var folder: String { Self.dist! + "/" + name }
    var program: String { folder + "/bin/martlet" }
    var sysroot: String { Self.dist! + "/../.boards/\(name)/sysroot" }
    /// The program before it was stripped.
    var programWithSymbols: String { Self.dist! + "/../.build-\(name)/martlet.debug" }

    /// Paths of the module files, scripts left out.
    var libraries: [String] {
        get throws {
            let modules = folder + "/lib/martlet/modules"
            return try FileManager.default.contentsOfDirectory(atPath: modules).filter { $0.hasSuffix(".so") }.sorted().map {
                modules + "/" + $0
            }
        }
    }

    /// The `dist` folder; without it there is nothing to test. `Toolchain/test` says it.
    static let dist = ProcessInfo.processInfo.environment["MARTLET_DIST"]

    /// Those that `MARTLET_BOARDS` names, else all.
    static let built: [Board] = {
        let names = ProcessInfo.processInfo.environment["MARTLET_BOARDS"]?.split(separator: " ").map(String.init)
        return all.filter { names?.contains($0.name) ?? true }
    }()

    static let all = [
        Board(name: "x86_64", machine: "Advanced Micro Devices X86-64", loader: "/lib64/ld-linux-x86-64.so.2", emulator: []),
        Board(name: "arm64", machine: "AArch64", loader: "/lib/ld-linux-aarch64.so.1", emulator: ["qemu-aarch64-static"]),
        Board(name: "armhf", machine: "ARM", loader: "/lib/ld-linux-armhf.so.3", emulator: ["qemu-arm-static"]),
        Board(name: "armel", machine: "ARM", loader: "/lib/ld-linux.so.3", emulator: ["qemu-arm-static", "-cpu", "arm1176"]),
    ]

    /// Runs the program here, under emulation where that is needed.
    func martlet(_ arguments: String...) throws -> Output {
        try Output(of: emulator + (emulator.isEmpty ? [] : ["-L", sysroot]) + [program] + arguments)
    }
}
