import Foundation
import Testing

/// The program that is tested. Every test runs on each that is there.
struct MartletProgram: CustomTestStringConvertible, Sendable {
    let path: String
    let testDescription: String

    /// Those of this machine: the ordinary build beside the tests and, where `MARTLET_DIST` names the folder of `Toolchain/build`,
    /// the Embedded one.
    static let all: [MartletProgram] = {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = URL(fileURLWithPath: tests ?? "").deletingLastPathComponent().appendingPathComponent("martlet").path
        var programs = [MartletProgram(path: beside, testDescription: "ordinary build")]
        if let dist { programs.append(MartletProgram(path: dist + "/x86_64/bin/martlet", testDescription: "Embedded build")) }
        return programs
    }()

    /// `dist/`, absolute.
    static let dist = ProcessInfo.processInfo.environment["MARTLET_DIST"].flatMap { $0.isEmpty ? nil : $0 }.map {
        URL(fileURLWithPath: $0).path
    }

    /// The module files of modules-sample/ for this machine; nil: they were not built.
    static let sampleModules = dist.map { $0 + "/x86_64/lib/martlet/modules" }

    /// The repository.
    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}
