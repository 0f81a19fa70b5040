import JSON

/// What a key of a twin may be.
enum TwinKey {
    /// Nearly all keys are: short, of ASCII, without forbidden characters.
    static func isPlain(_ key: Text) -> Bool {
        key.utf8.count <= TwinLimits.keyBytes
            && key.withBytes { bytes in
                for byte in bytes where byte >= 0x7F || isForbidden(UInt32(byte)) { return false }
                return true
            }
    }

    /// - Throws: TwinError without a path.
    @inline(never)
    static func check(_ key: Text) throws(TwinError) {
        guard key.utf8.count <= TwinLimits.keyBytes else {
            throw TwinError(
                .tooLarge, path: "", value: "a key of \(key.utf8.count) bytes", limit: "at most \(TwinLimits.keyBytes) are allowed")
        }
        for scalar in key.string.unicodeScalars where isForbidden(scalar.value) {
            throw TwinError(
                .invalid, path: "", value: "a key with the character U+\(hexadecimal(scalar.value))",
                limit: "keys hold no control characters, no white space, none of . $ #")
        }
    }

    /// `.key`, as a step of a path in messages to people: quoted and cut if it is long or not plain.
    static func step(_ key: Text) -> Text {
        ".\(isPlain(key) && key.utf8.count <= 64 ? key : key.quoted)"
    }

    /// Control characters (C0, C1), white space, `.`, `$` and `#`.
    private static func isForbidden(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x00...0x20, 0x7F...0xA0: true
        case 0x2E, 0x24, 0x23: true
        case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Four digits or more, as in U+00A0.
    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
