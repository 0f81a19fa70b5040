import Foundation

/// What the module of `ReporterSource` wrote down.
final class ReportLedger {
    private(set) var sent = 0
    private(set) var acknowledged = 0
    /// Number and version of the last one that was acknowledged.
    private(set) var last = (number: 0, version: 0)
    private let path: String
    private var offset: UInt64 = 0

    init(_ path: String) {
        self.path = path
    }

    /// Reads on; a last line without its end is left for the next time.
    func read() throws {
        guard let file = FileHandle(forReadingAtPath: path) else { return }
        defer { try? file.close() }
        try file.seek(toOffset: offset)
        let text = try file.readToEnd() ?? Data()
        guard let end = text.lastIndex(of: UInt8(ascii: "\n")) else { return }
        offset += UInt64(end + 1)
        for line in text[...end].split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            guard words.count >= 2, let number = Int(words[1]) else { continue }
            if words[0] == "s" { sent = max(sent, number) }
            if words[0] == "a", words.count == 3, let version = Int(words[2]) {
                acknowledged += 1
                last = (number, version)
            }
        }
    }
}
