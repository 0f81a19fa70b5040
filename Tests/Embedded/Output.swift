import Foundation

/// What a command said until it ended.
struct Output {
    let status: Int32
    /// Standard output and standard error.
    let text: String

    var lines: [Substring] { text.split(separator: "\n") }

    init(of command: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["LC_ALL=C"] + command
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        status = process.terminationStatus
    }

    /// Runs a tool that must not fail.
    static func tool(_ command: String...) throws -> Output {
        let output = try Output(of: command)
        guard output.status == 0 else { throw ToolError(description: "\(command) exited with \(output.status): \(output.text)") }
        return output
    }
}

struct ToolError: Error, CustomStringConvertible {
    let description: String
}
