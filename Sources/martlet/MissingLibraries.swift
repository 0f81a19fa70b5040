import Files
import JSON
import ModuleImages

/// The shared libraries that a program or library would load, and this machine does not have. Nothing of the file is run.
enum MissingLibraries {
    /// Of a library to be loaded into this program; nil: all are there.
    static func fault(ofLibrary path: String) -> Text? {
        guard let head = try? Files.readHead("/proc/self/exe", count: 4096), let linker = ELFInterpreter.path(in: head) else { return nil }
        return fault(path, linker: linker)
    }

    /// - Parameter linker: the dynamic linker that would load the file.
    static func fault(_ path: String, linker: String) -> Text? {
        // glibc's linker lists missing ones only if it is told so, and musl's only if it is asked so.
        let isGNU = !Text(Files.name(linker)).hasPrefix("ld-musl")
        var child = CapturedChild(file: linker, arguments: isGNU ? [linker, path] : [linker, "--list", path])
        if isGNU { child.environment += ["LD_TRACE_LOADED_OBJECTS=1", "LD_DEBUG=files"] }
        child.readsErrors = true
        guard case .success(let result) = child.run() else { return nil }
        let lines = result.output.split(separator: UInt8(ascii: "\n")).map { words($0) }
        // `NAME => not found`, and of the debugging output `PID: file=NAME [0]; needed by PATH [0]`.
        let missing = lines.compactMap { line -> Text? in
            guard line.count == 4, line[1] == "=>", line[2] == "not", line[3] == "found" else { return nil }
            let user = lines.first { $0.count > 5 && $0[1] == "file=\(line[0])" && $0[3] == "needed" }?[5] ?? Text(path)
            return user == Text(path) ? line[0] : "\(line[0]) (for \(user))"
        }
        return missing.isEmpty ? nil : "image \(path) needs \(missing.listed(last: "and")), which this machine does not have"
    }

    private static func words(_ line: ArraySlice<UInt8>) -> [Text] {
        line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map { Text(utf8: $0) }
    }
}
