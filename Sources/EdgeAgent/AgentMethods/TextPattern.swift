import CPOSIX
import JSON

/// A regular expression in POSIX's extended syntax that looks for itself anywhere in a text, whatever the case of letters.
///
/// What makes it slow or large is refused: `{…}`, back references, more than 256 bytes, and `+` within each other again and again: the C
/// library writes out what stands before a `+` twice. Classes are `\w \W \s \S`, `\b` is the edge of a word.
final class TextPattern {
    /// Of the expression.
    static let longest = 256
    /// Characters and operators when every `+` is written out. So many take less than a megabyte.
    private static let mostParts = 1024
    /// Of a text; what comes after is not looked at.
    static let textBytes = 2048

    private let source: Text
    private let compiled: UnsafeMutablePointer<regex_t>
    /// The C library keeps what it has learnt of an expression: it begins anew after so many bytes of texts.
    private var seen = 0

    /// - Throws: 400, with what is wrong.
    /// - Parameter place: where it stands, for messages.
    init(_ source: Text, _ place: Text) throws(AgentMethodError) {
        if let problem = Self.problem(source.bytes) { throw .invalid("\(place) is \(source.quoted): \(problem)") }
        self.source = source
        let memory = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
        memory.initialize(to: regex_t())
        guard Self.compile(source, memory) else {
            memory.deallocate()
            throw .invalid("\(place) is \(source.quoted): not a regular expression; ( ) [ ] and * + ? must have what belongs to them")
        }
        compiled = memory
    }

    deinit {
        regfree(compiled)
        compiled.deallocate()
    }

    /// Whether it is found in the text.
    func matches(_ text: Text) -> Bool {
        if seen > Self.textBytes {
            regfree(compiled)
            _ = Self.compile(source, compiled)
            seen = 0
        }
        // C's texts end at NUL.
        let looked = Text(utf8: text.bytes.prefix(Self.textBytes).map { $0 == 0 ? UInt8(ascii: " ") : $0 })
        seen += looked.utf8.count
        return looked.string.withCString { regexec(compiled, $0, 0, nil, 0) == 0 }
    }

    private static func compile(_ source: Text, _ memory: UnsafeMutablePointer<regex_t>) -> Bool {
        source.string.withCString { regcomp(memory, $0, REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0 }
    }

    private static func problem(_ bytes: [UInt8]) -> Text? {
        if bytes.isEmpty { return "a regular expression is expected" }
        if bytes.count > longest { return "\(bytes.count) bytes; at most \(longest) are allowed" }
        if bytes.contains(0) { return "a NUL has no place in it" }
        var place = 0
        var (parts, last, groups) = (0, 0, [Int]())
        while place < bytes.count {
            let next = place + 1 < bytes.count ? bytes[place + 1] : 0
            let isEscaped = bytes[place] == UInt8(ascii: "\\")
            switch bytes[place] {
            case UInt8(ascii: "{"): return "{ } is not supported; repeat what you look for, or write [{] for the character"
            case UInt8(ascii: "(") where next == UInt8(ascii: "?"): return "(? is not supported; a plain ( ) groups"
            case UInt8(ascii: "\\"):
                guard isKnown(next) else {
                    return "\\ before a letter or digit is not supported but in \\w \\W \\s \\S \\b; write [0-9] for \\d"
                }
                place += 1
            case UInt8(ascii: "["):
                guard let end = endOfBrackets(bytes, place) else { return "[ ] is not closed, or has a \\ in it, which is no escape there" }
                place = end
            default: break
            }
            switch isEscaped ? 0 : bytes[place] {
            case UInt8(ascii: "("): groups.append(parts)
            case UInt8(ascii: ")"): last = parts + 1 - (groups.popLast() ?? 0)
            case UInt8(ascii: "+"):
                parts += last
                last *= 2
            case UInt8(ascii: "*"), UInt8(ascii: "?"): last += 1
            default: last = 1
            }
            parts += 1
            if parts > mostParts { return "+ within + makes it too large; write one + where there are many" }
            place += 1
        }
        return nil
    }

    /// Whether a backslash goes before this character.
    private static func isKnown(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "w"), UInt8(ascii: "W"), UInt8(ascii: "s"), UInt8(ascii: "S"), UInt8(ascii: "b"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): false
        // GNU gives \` \' \< and \> meanings of their own.
        case UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"): false
        default: byte > 0x20 && byte < 0x7F
        }
    }

    /// Where the `]` is that belongs to the `[` at a place.
    private static func endOfBrackets(_ bytes: [UInt8], _ start: Int) -> Int? {
        var place = start + 1
        if place < bytes.count, bytes[place] == UInt8(ascii: "^") { place += 1 }
        // The first one stands for itself.
        if place < bytes.count, bytes[place] == UInt8(ascii: "]") { place += 1 }
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "]") { return place }
            if bytes[place] == UInt8(ascii: "\\") { return nil }
            if bytes[place] == UInt8(ascii: "["), place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: ":") {
                place += 2
                while place < bytes.count, bytes[place] != UInt8(ascii: "]") { place += 1 }
            }
            place += 1
        }
        return nil
    }
}
