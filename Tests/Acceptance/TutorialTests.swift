import Foundation
import TestSupport
import Testing

/// The pages for people who write modules in Swift, followed word by word.
struct TutorialTests {
    /// Somebody at two terminals, in a folder beside the source tree.
    private final class Reader {
        let folder = TemporaryFolder()
        private let path: String
        private var host: SpawnedProgram?
        private var home: String { folder.path("hello") }

        init() throws {
            let program = try #require(MartletProgram.all.first)
            path = URL(fileURLWithPath: program.path).deletingLastPathComponent().path
            try FileManager.default.createSymbolicLink(atPath: folder.path("martlet"), withDestinationPath: MartletProgram.sources)
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        }

        func follow(_ page: TutorialPage) throws {
            for step in page.steps {
                switch step {
                case .file(let name, let content):
                    let file = URL(fileURLWithPath: home + "/" + name)
                    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                    try content.write(to: file, atomically: true, encoding: .utf8)
                case .commands(let commands, let output):
                    if commands.hasPrefix("martlet run ") { try run(commands, output) } else { try type(commands, output) }
                }
            }
            host?.signal(SIGINT)
            #expect(try host?.waitForEnd() == .exit(0))
        }

        private var environment: [String: String] {
            ["PATH": path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")]
        }

        /// In the first terminal.
        private func run(_ command: String, _ promised: [String]) throws {
            let host = try SpawnedProgram(["/bin/sh", "-c", "exec " + command], environment: environment, folder: home)
            self.host = host
            for line in promised { _ = try host.errors.line(from: 0) { TutorialPage.matches($0, line) } }
        }

        /// In the second one. What is not there yet is asked for again, as people do.
        private func type(_ commands: String, _ promised: [String]) throws {
            let deadline = Date(timeIntervalSinceNow: Transcript.patience)
            while true {
                let result = try runProgram(["/bin/sh", "-euc", commands], environment: environment, folder: home)
                guard result.code == 0 else { throw Late("\(commands)\n\(result.end): \(result.output)\n\(result.errors)") }
                let lines = (result.output + result.errors).components(separatedBy: "\n")
                if TutorialPage.holds(lines, promised) { return }
                guard Date() < deadline else {
                    throw Late("\(commands)\npromises \(promised) and says \(result.output)\n\(result.errors)")
                }
            }
        }
    }

    @Test func `the pages about modules in Swift keep what they promise`() throws {
        let reader = try Reader()
        try reader.follow(TutorialPage("Your-first-module-in-Swift"))
        try reader.follow(TutorialPage("Devices-and-threads"))
    }

    @Test func `a page is read as what its reader does`() throws {
        let steps = try TutorialPage("Your-first-module-in-Swift").steps
        #expect(steps.count > 8)
        guard case .file(name: "Package.swift", let content) = try #require(steps.first) else {
            Issue.record("the first step is not the package")
            return
        }
        #expect(content.hasPrefix("// swift-tools-version: "))
        #expect(TutorialPage.matches("a b c", "a…c") && TutorialPage.matches("abc", "…b…") && TutorialPage.matches("abc", "abc"))
        #expect(!TutorialPage.matches("abc", "b") && !TutorialPage.matches("abc", "…b") && !TutorialPage.matches("abc", "ab"))
        #expect(TutorialPage.holds(["x", "ab", "cd"], ["a…", "c…"]) && !TutorialPage.holds(["cd", "ab"], ["a…", "c…"]))
    }
}
