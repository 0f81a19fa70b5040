import Files
import JSON
import ModuleImages
import UV

/// What a program or script needs to be run: its interpreter, and the shared libraries that its dynamic linker looks for.
enum ProgramInterpreter {
    /// nil: all is there.
    static func fault(_ path: String) -> Text? {
        guard let head = try? Files.readHead(path, count: 4096) else { return nil }
        if head.starts(with: "#!".utf8) { return script(path, head) }
        guard let linker = ELFInterpreter.path(in: head) else { return nil }
        guard Files.exists(linker) else { return "program \(path) needs the dynamic linker \(linker), which is not there" }
        return libraries(path, linker)
    }

    private static func script(_ path: String, _ head: [UInt8]) -> Text? {
        let line = head.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
        guard let interpreter = words.first.map({ String(decoding: $0, as: UTF8.self) }) else {
            return "script \(path) names no interpreter behind #!"
        }
        return Files.exists(interpreter) ? nil : "script \(path) needs \(interpreter), which is not there"
    }

    /// The linker lists what a program would load, without running it.
    private static func libraries(_ path: String, _ linker: String) -> Text? {
        guard case .success(let result) = CapturedChild(file: linker, arguments: [linker, "--list", path]).run() else { return nil }
        let missing = result.output.split(separator: UInt8(ascii: "\n")).compactMap { line -> Text? in
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard words.count >= 2, line.suffix(9).elementsEqual("not found".utf8) else { return nil }
            return Text(utf8: words[0])
        }
        return missing.isEmpty ? nil : "program \(path) needs \(missing.listed(last: "and")), which this machine does not have"
    }
}
