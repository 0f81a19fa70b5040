/// A place in a text that may be JSON: a bracket, comma, colon, a string, or a run of anything else. Used only to say where an
/// error is.
struct JSONToken {
    /// In bytes; the length of the text if nothing is left.
    private(set) var start: Int
    private(set) var end: Int
    /// The last byte of the token before; 0 if there is none.
    private(set) var previous: UInt8 = 0

    /// The first token at or behind an offset.
    init(from offset: Int, of bytes: UnsafeRawBufferPointer) {
        start = offset
        while start < bytes.count, JSONToken.isSpace(bytes[start]) { start += 1 }
        end = start
        guard start < bytes.count else { return }
        end += 1
        if bytes[start] == UInt8(ascii: "\"") {
            while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            end = min(end + 1, bytes.count)
        } else if !JSONToken.isPunctuation(bytes[start]) {
            while end < bytes.count, !JSONToken.isSpace(bytes[end]), !JSONToken.isPunctuation(bytes[end]) { end += 1 }
        }
    }

    /// The token that a reader, which stopped at an offset, read last.
    init(endingAt offset: Int, of bytes: UnsafeRawBufferPointer) {
        var token = JSONToken(from: 0, of: bytes)
        while token.end < offset {
            let next = JSONToken(from: token.end, of: bytes)
            if next.start >= offset, next.start < bytes.count { break }
            let last = bytes[token.end - 1]
            token = next
            token.previous = last
            if next.start >= bytes.count { break }
        }
        self = token
    }

    /// The token for people: in quotes, at most 40 bytes of it.
    func text(of bytes: UnsafeRawBufferPointer) -> String {
        guard start < bytes.count else { return "the end of the text" }
        let shown = min(end, start + 40)
        let text = Text(utf8: bytes[start..<shown]).string + (shown < end ? "…" : "")
        return bytes[start] == UInt8(ascii: "\"") ? text : "'" + text + "'"
    }

    func isFraction(of bytes: UnsafeRawBufferPointer) -> Bool {
        bytes[start..<end].contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
        case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "\""): true
        default: false
        }
    }
}
