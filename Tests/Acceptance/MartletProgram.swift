import Foundation
import Testing

/// The program that is tested. Every test runs on each that is there.
struct MartletProgram: CustomTestStringConvertible, Sendable {
    /// The program, behind an emulator where it needs one.
    let command: [String]
    let testDescription: String

    var path: String { command.last ?? "" }

    /// What `Toolchain/build` made, as it goes to the board: what takes long is done in full with this one.
    var isEmbedded: Bool { testDescription == "Embedded build" }

    /// Those of this machine: the ordinary build beside the tests and, where `MARTLET_DIST` names the folder of `Toolchain/build`,
    /// the Embedded one.
    static let all: [MartletProgram] = {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = URL(fileURLWithPath: tests ?? "").deletingLastPathComponent().appendingPathComponent("martlet").path
        var programs = [MartletProgram(command: [beside], testDescription: "ordinary build")]
        if let dist { programs.append(MartletProgram(command: [dist + "/x86_64/bin/martlet"], testDescription: "Embedded build")) }
        return programs
    }()

    /// `dist/`, absolute.
    static let dist = ProcessInfo.processInfo.environment["MARTLET_DIST"].flatMap { $0.isEmpty ? nil : $0 }.map {
        URL(fileURLWithPath: $0).path
    }

    /// The module files of modules-sample/ for this machine; nil: they were not built.
    static let sampleModules = dist.map { $0 + "/x86_64/lib/martlet/modules" }

    /// Those of other machines, run under emulation. `MARTLET_BOARDS` names the boards that were built.
    static let emulated: [MartletProgram] = {
        guard let dist, let names = ProcessInfo.processInfo.environment["MARTLET_BOARDS"] else { return [] }
        let emulators = ["arm64": ["qemu-aarch64-static"], "armhf": ["qemu-arm-static"], "armel": ["qemu-arm-static", "-cpu", "arm1176"]]
        return names.split(separator: " ").compactMap { name in
            guard let emulator = emulators[String(name)] else { return nil }
            let root = ["-L", "\(dist)/../.boards/\(name)/sysroot", "\(dist)/\(name)/bin/martlet"]
            return MartletProgram(command: ["/usr/bin/env"] + emulator + root, testDescription: String(name))
        }
    }()

    /// The repository.
    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}
