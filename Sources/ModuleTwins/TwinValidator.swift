import JSON

/// Checks keys, values and depth of what is to go into a twin. The size of the result is checked by the update.
struct TwinValidator {
    private var path: [Text]

    init(section: Text) {
        path = [section]
    }

    /// - Throws: TwinError with the path of the first thing that is wrong.
    mutating func check(_ object: JSONObject, depth: Int = 0, insideArray: Bool = false) throws(TwinError) {
        for member in object {
            path.append(member.key)
            try checkKey(member.key)
            try check(member.value, depth: depth, insideArray: insideArray)
            path.removeLast()
        }
    }

    @inline(never)
    private mutating func check(_ value: JSON, depth: Int, insideArray: Bool) throws(TwinError) {
        switch value {
        case .null where insideArray:
            throw error(.invalid, "null inside an array", "an array may hold no null")
        case .null, .bool, .number:
            break
        case .integer(let value):
            guard value >= TwinLimits.smallestInteger && value <= TwinLimits.largestInteger else {
                throw error(
                    .invalid, "the integer \(value)",
                    "integers go from \(TwinLimits.smallestInteger) to \(TwinLimits.largestInteger)")
            }
        case .string(let value):
            guard value.utf8.count <= TwinLimits.stringBytes else {
                throw error(
                    .tooLarge, "a string of \(value.utf8.count) bytes", "at most \(TwinLimits.stringBytes) are allowed")
            }
        case .array(let elements):
            try checkDepth(depth + 1)
            for (index, element) in elements.enumerated() {
                path.append("[\(index)]")
                try check(element, depth: depth + 1, insideArray: true)
                path.removeLast()
            }
        case .object(let object):
            try checkDepth(depth + 1)
            try check(object, depth: depth + 1, insideArray: insideArray)
        }
    }

    private func checkDepth(_ depth: Int) throws(TwinError) {
        guard depth <= TwinLimits.depth else {
            throw error(.tooLarge, "nested \(depth) levels deep", "at most \(TwinLimits.depth) levels are allowed")
        }
    }

    private func checkKey(_ key: Text) throws(TwinError) {
        guard key.utf8.count <= TwinLimits.keyBytes else {
            throw error(.tooLarge, "a key of \(key.utf8.count) bytes", "at most \(TwinLimits.keyBytes) are allowed")
        }
        for scalar in key.string.unicodeScalars where isForbiddenInKey(scalar.value) {
            throw error(
                .invalid, "a key with the character U+\(hexadecimal(scalar.value))",
                "keys hold no control characters, no white space, none of . $ #")
        }
    }

    private func error(_ kind: TwinError.Kind, _ value: Text, _ limit: Text) -> TwinError {
        var text = ""
        for step in path {
            let isIndex = step.hasPrefix("[")
            if !text.utf8.isEmpty && !isIndex { text += "." }
            // A key may be long, and control characters do no good in a log.
            text += step.utf8.count > 64 ? String(decoding: step.utf8.prefix(64), as: UTF8.self) + "…" : step.string
        }
        return TwinError(kind, path: Text(text), value: value, limit: limit)
    }
}

private func isForbiddenInKey(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x00...0x20, 0x7F...0xA0: true
    case 0x2E, 0x24, 0x23: true
    case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
}

/// Four digits or more, as in U+00A0.
private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
}
