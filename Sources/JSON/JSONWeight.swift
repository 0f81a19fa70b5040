/// What the values of a text take while it is read, found in one pass and without memory: a text of empty arrays is a hundred times
/// as large as values as it is as text, and a board may have 64 MB.
struct JSONWeight {
    /// Arrays and objects: jansson's node and table, and ours. (measured: 340 bytes of an empty array)
    private static let containerBytes = 320
    /// Any other value, or a key. (measured: 85 bytes of a small number)
    private static let valueBytes = 96

    /// Bytes, roughly. Of what is no JSON it says something too.
    let bytes: Int
    /// Arrays and objects inside each other.
    let depth: Int

    init(of text: UnsafeRawBufferPointer) {
        var containers = 0
        var values = 1
        var (depth, deepest) = (0, 0)
        var isString = false
        var isEscaped = false
        for byte in text {
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                containers += 1
                depth += 1
                deepest = max(deepest, depth)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ","), UInt8(ascii: ":"): values += 1
            default: break
            }
        }
        self.depth = deepest
        // On a board of 32 bits a text of some MB may be more than an Int counts.
        let (weight, isTooMuch) = containers.multipliedReportingOverflow(by: Self.containerBytes)
        let (others, areTooMany) = values.multipliedReportingOverflow(by: Self.valueBytes)
        let (sum, isOver) = weight.addingReportingOverflow(others)
        bytes = isTooMuch || areTooMany || isOver ? .max : sum
    }
}
