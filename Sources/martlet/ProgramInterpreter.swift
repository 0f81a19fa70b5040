import Files
import JSON
import ModuleImages

/// What a program or script needs to be run.
enum ProgramInterpreter {
    /// nil: all is there.
    static func fault(_ path: String) -> Text? {
        guard let head = try? Files.readHead(path, count: 4096) else { return nil }
        if head.starts(with: "#!".utf8) { return script(path, head) }
        guard let linker = ELFInterpreter.path(in: head) else { return nil }
        guard Files.exists(linker) else { return "program \(path) needs the dynamic linker \(linker), which is not there" }
        return MissingLibraries.fault(path, linker: linker)
    }

    private static func script(_ path: String, _ head: [UInt8]) -> Text? {
        let line = head.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
        guard let interpreter = words.first.map({ String(decoding: $0, as: UTF8.self) }) else {
            return "script \(path) names no interpreter behind #!"
        }
        return Files.exists(interpreter) ? nil : "script \(path) needs \(interpreter), which is not there"
    }
}
