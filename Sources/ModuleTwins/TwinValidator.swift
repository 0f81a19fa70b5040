import JSON

/// Checks keys, values and depth of what is to go into a twin. The size of the result is checked by the update.
enum TwinValidator {
    /// - Throws: TwinError with the path of the first thing that is wrong.
    static func check(_ properties: JSONObject, section: Text) throws(TwinError) {
        do throws(TwinError) {
            try check(properties, depth: 0, insideArray: false)
        } catch {
            throw error.inside(section)
        }
    }

    private static func check(_ object: JSONObject, depth: Int, insideArray: Bool) throws(TwinError) {
        for member in object.members {
            do throws(TwinError) {
                if !TwinKey.isPlain(member.key) { try TwinKey.check(member.key) }
                try check(member.value, depth: depth, insideArray: insideArray)
            } catch {
                throw error.inside(TwinKey.step(member.key))
            }
        }
    }

    /// As deep as the limit is at most.
    @inline(never)
    private static func check(_ value: JSON, depth: Int, insideArray: Bool) throws(TwinError) {
        switch value {
        case .null where insideArray:
            throw TwinError(.invalid, path: "", value: "null inside an array", limit: "an array may hold no null")
        case .null, .bool, .number:
            break
        case .integer(let value):
            guard value >= TwinLimits.smallestInteger && value <= TwinLimits.largestInteger else {
                throw TwinError(
                    .invalid, path: "", value: "the integer \(value)",
                    limit: "integers go from \(TwinLimits.smallestInteger) to \(TwinLimits.largestInteger)")
            }
        case .string(let value):
            guard value.utf8.count <= TwinLimits.stringBytes else {
                throw TwinError(
                    .tooLarge, path: "", value: "a string of \(value.utf8.count) bytes",
                    limit: "at most \(TwinLimits.stringBytes) are allowed")
            }
        case .array(let elements):
            try checkDepth(depth + 1)
            for (index, element) in elements.enumerated() {
                do throws(TwinError) {
                    try check(element, depth: depth + 1, insideArray: true)
                } catch {
                    throw error.inside("[\(index)]")
                }
            }
        case .object(let object):
            try checkDepth(depth + 1)
            try check(object, depth: depth + 1, insideArray: insideArray)
        }
    }

    private static func checkDepth(_ depth: Int) throws(TwinError) {
        guard depth > TwinLimits.depth else { return }
        throw TwinError(
            .tooLarge, path: "", value: "nested \(depth) levels deep", limit: "at most \(TwinLimits.depth) levels are allowed")
    }
}

extension TwinError {
    /// The same with one more step in front of its path.
    fileprivate func inside(_ step: Text) -> TwinError {
        TwinError(kind, path: "\(step)\(path)", value: value, limit: limit)
    }
}
