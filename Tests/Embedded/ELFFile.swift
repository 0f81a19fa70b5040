/// A program or shared library, as binutils reads it.
struct ELFFile {
    let path: String

    init(_ path: String) { self.path = path }

    /// The fields of the header by name, for example `Machine`.
    var header: [String: String] {
        get throws {
            let pairs = try Output.tool("readelf", "-hW", path).lines.compactMap { line -> (String, String)? in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                return (trimmed(line[..<colon]), trimmed(line[line.index(after: colon)...]))
            }
            return Dictionary(pairs) { first, _ in first }
        }
    }

    /// Names of the shared libraries that it needs.
    var needed: [String] {
        get throws {
            try Output.tool("readelf", "-dW", path).lines.filter { $0.contains("(NEEDED)") }.compactMap { line in
                line.split(separator: "[").last.map { String($0.prefix { $0 != "]" }) }
            }
        }
    }

    /// Names of the symbols that others may link to.
    var exports: [String] {
        get throws {
            try Output.tool("nm", "-D", "--defined-only", path).lines.compactMap { $0.split(separator: " ").last.map(String.init) }
        }
    }

    /// The lines of `readelf -lW`, segments and their flags.
    var segments: [Substring] {
        get throws { try Output.tool("readelf", "-lW", path).lines }
    }

    private func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
