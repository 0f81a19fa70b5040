import Foundation

/// Why a C source in a test did not compile.
public struct CCompilerError: Error, CustomStringConvertible {
    public let description: String
}

/// Compiles C source to `named` (for example `libthermometer.so`) in the folder.
/// - Parameter libraries: what it is linked with.
/// - Returns: the path of the shared library.
public func compileSharedLibrary(
    source: String, named: String, in folder: TemporaryFolder, linking libraries: [String] = []
) throws -> String {
    try compile(source, named, folder, ["-shared", "-fPIC"], libraries)
}

/// Compiles C source to a program.
public func compileProgram(source: String, named: String, in folder: TemporaryFolder) throws -> String {
    try compile(source, named, folder, [])
}

private func compile(_ source: String, _ name: String, _ folder: TemporaryFolder, _ options: [String], _ libraries: [String] = []) throws
    -> String
{
    let input = try folder.write(source, to: name + ".c")
    let output = folder.path(name)
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = ["cc", "-O1", "-o", output] + options + [input] + libraries + headerOptions()
    let diagnostics = Pipe()
    compiler.standardError = diagnostics
    try compiler.run()
    let text = String(decoding: diagnostics.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else { throw CCompilerError(description: "cc \(name): \(text)") }
    return output
}

/// `#include "martlet.h"` finds the header of this package.
private func headerOptions() -> [String] {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return ["-I", package.appendingPathComponent("Sources/CMartlet").path]
}
