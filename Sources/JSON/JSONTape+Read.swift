import CPOSIX

extension JSONTape {
    /// Reads a text in UTF-8: one value with nothing but white space around it. Afterwards it is not needed any more.
    ///
    /// false: it is not JSON, nested deeper than `JSON.maximumDepth`, or larger than `maximumBytes`; then there is no value.
    /// Text in UTF-16 or UTF-32 comes through `read(utf16:)` and `read(utf32:)`.
    public func read(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress, reserve(bytes: bytes.count) else {
            count = 0
            return false
        }
        memcpy(text, base, bytes.count)
        return readText(bytes.count)
    }

    /// Makes entries of the first bytes of `text`.
    func readText(_ length: Int) -> Bool {
        memset(text + length, 0, JSONTape.padding)
        count = 0
        let isRead = readValues(length)
        if !isRead { count = 0 }
        return isRead
    }

    /// No byte is looked at behind the first of the padding: zero is nowhere allowed.
    private func readValues(_ length: Int) -> Bool {
        let none = UInt32.max
        // The innermost object or array that is not closed yet.
        var open = none
        var depth = 0
        var at = 0
        while true {
            at = skipSpace(at)
            switch text[at] {
            case UInt8(ascii: "\""):
                guard appendString(&at) else { return false }
            case UInt8(ascii: "{"):
                guard depth < JSON.maximumDepth else { return false }
                append(.object, at, open)
                at = skipSpace(at + 1)
                if text[at] == UInt8(ascii: "}") {
                    at += 1
                    entries[count - 1].next = UInt32(truncatingIfNeeded: count)
                    break
                }
                depth += 1
                open = UInt32(truncatingIfNeeded: count - 1)
                guard appendKey(&at) else { return false }
                continue
            case UInt8(ascii: "["):
                guard depth < JSON.maximumDepth else { return false }
                append(.array, at, open)
                at = skipSpace(at + 1)
                if text[at] == UInt8(ascii: "]") {
                    at += 1
                    entries[count - 1].next = UInt32(truncatingIfNeeded: count)
                    break
                }
                depth += 1
                open = UInt32(truncatingIfNeeded: count - 1)
                continue
            case UInt8(ascii: "t"):
                guard appendWord("true", .true, &at) else { return false }
            case UInt8(ascii: "f"):
                guard appendWord("false", .false, &at) else { return false }
            case UInt8(ascii: "n"):
                guard appendWord("null", .null, &at) else { return false }
            default:
                guard appendNumber(&at) else { return false }
            }
            // Behind a value: what closes, and then the next value.
            while true {
                at = skipSpace(at)
                guard open != none else { return at == length }
                let around = entries + Int(open)
                let byte = text[at]
                if byte == UInt8(ascii: ",") {
                    at += 1
                    if around.pointee.kind == .object {
                        at = skipSpace(at)
                        guard appendKey(&at) else { return false }
                    }
                    break
                }
                guard byte == (around.pointee.kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return false }
                at += 1
                depth -= 1
                open = around.pointee.next
                around.pointee.next = UInt32(truncatingIfNeeded: count)
            }
        }
    }

    @inline(__always)
    private func skipSpace(_ start: Int) -> Int {
        var at = start
        while text[at] <= 0x20, text[at] == 0x20 || text[at] == 0x0A || text[at] == 0x0D || text[at] == 0x09 { at += 1 }
        return at
    }

    /// An entry that begins and ends at a byte.
    @inline(__always)
    private func append(_ kind: Kind, _ at: Int, _ next: UInt32) {
        if count == entryCapacity { setEntryCapacity(count * 2) }
        let place = UInt32(truncatingIfNeeded: at)
        (entries + count).initialize(to: Entry(start: place, end: place, next: next, kind: kind))
        count += 1
    }

    /// A value in which there are no others.
    @inline(__always)
    private func append(_ kind: Kind, from start: Int, to end: Int) {
        append(kind, start, UInt32(truncatingIfNeeded: count + 1))
        entries[count - 1].end = UInt32(truncatingIfNeeded: end)
    }

    private func appendKey(_ at: inout Int) -> Bool {
        guard text[at] == UInt8(ascii: "\""), appendString(&at) else { return false }
        at = skipSpace(at)
        guard text[at] == UInt8(ascii: ":") else { return false }
        at += 1
        return true
    }

    private func appendWord(_ word: StaticString, _ kind: Kind, _ at: inout Int) -> Bool {
        guard memcmp(text + at, word.utf8Start, word.utf8CodeUnitCount) == 0 else { return false }
        at += word.utf8CodeUnitCount
        append(kind, from: at, to: at)
        return true
    }

    /// `-0.5e+3`
    private func appendNumber(_ at: inout Int) -> Bool {
        let start = at
        var end = at
        if text[end] == UInt8(ascii: "-") { end += 1 }
        if text[end] == UInt8(ascii: "0") {
            end += 1
        } else {
            guard skipDigits(&end) else { return false }
        }
        if text[end] == UInt8(ascii: ".") {
            end += 1
            guard skipDigits(&end) else { return false }
        }
        if text[end] | 0x20 == UInt8(ascii: "e") {
            end += 1
            if text[end] == UInt8(ascii: "+") || text[end] == UInt8(ascii: "-") { end += 1 }
            guard skipDigits(&end) else { return false }
        }
        at = end
        append(.number, from: start, to: end)
        return true
    }

    /// At least one.
    @inline(__always)
    private func skipDigits(_ at: inout Int) -> Bool {
        let start = at
        while text[at] &- UInt8(ascii: "0") < 10 { at += 1 }
        return at > start
    }

    /// From the opening quote to behind the closing one.
    private func appendString(_ at: inout Int) -> Bool {
        let start = at + 1
        var end = start
        at = start
        guard unescape(&at, &end) else { return false }
        append(.string, from: start, to: end)
        return true
    }
}
