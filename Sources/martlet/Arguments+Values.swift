import JSON

extension Arguments {
    /// A whole number of a range.
    func number(_ option: String, _ range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
        guard let text = value(option) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .invalid("--\(option) is \(Text(text).quoted): a whole number of \(range.lowerBound) to \(range.upperBound) is expected")
        }
        return number
    }

    /// A time in seconds, such as `5` or `0.5`, as milliseconds.
    func milliseconds(_ option: String, upToSeconds limit: UInt64) throws(CommandFailure) -> UInt64? {
        guard let text = value(option) else { return nil }
        guard let ms = Self.milliseconds(text), ms >= 1, ms <= limit * 1000 else {
            throw .invalid("--\(option) is \(Text(text).quoted): seconds of 0.001 to \(limit) are expected")
        }
        return ms
    }

    private static func milliseconds(_ text: String) -> UInt64? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, whole.count <= 9, let seconds = UInt64(digits: whole) else { return nil }
        guard parts.count == 2 else { return seconds * 1000 }
        guard !parts[1].isEmpty, parts[1].count <= 3, let fraction = UInt64(digits: parts[1]) else { return nil }
        return seconds * 1000 + (parts[1].count == 1 ? fraction * 100 : parts[1].count == 2 ? fraction * 10 : fraction)
    }

    /// An argument that is JSON; `-` stands for standard input.
    /// - Parameter name: of the argument, for the message.
    static func json(_ text: String, _ name: String) throws(CommandFailure) -> JSON {
        let bytes = try Input.bytes(of: text)
        do throws(JSONError) {
            return try JSON.parse(bytes)
        } catch {
            throw .invalid("\(name) is not JSON: \(error.description)")
        }
    }
}

extension UInt64 {
    /// From decimal digits and nothing else.
    fileprivate init?(digits: some Sequence<UInt8>) {
        var value: UInt64 = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
        }
        self = value
    }
}
