/// A number as it stands in a JSON text: ± digits × 10^exponent.
struct JSONNumber: Equatable {
    var isNegative = false
    /// The first 19 digits.
    var digits: UInt64 = 0
    /// Of the last digit kept; limited to ±9999.
    var exponent = 0
    /// Whether digits other than 0 were left out.
    var isCut = false

    /// Nil if it is out of the range of a `Double`.
    var double: Double? {
        var value = Double(digits)
        // A power of ten up to 22 is exact, and so is the product while the digits fit 53 bits.
        var rest = digits == 0 ? 0 : exponent
        while rest > 0 && value < .infinity {
            let step = min(rest, 22)
            value *= Self.power(step)
            rest -= step
        }
        while rest < 0 && value > 0 {
            let step = min(-rest, 22)
            value /= Self.power(step)
            rest += step
        }
        guard value < .infinity else { return nil }
        return isNegative ? -value : value
    }

    /// Nil if it is not whole or does not fit.
    var integer: Int64? {
        guard !isCut else { return nil }
        var value = digits
        var rest = digits == 0 ? 0 : exponent
        while rest > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
            rest -= 1
        }
        while rest < 0 {
            guard value % 10 == 0 else { return nil }
            value /= 10
            rest += 1
        }
        if !isNegative { return Int64(exactly: value) }
        return value == 1 << 63 ? Int64.min : Int64(exactly: value).map { -$0 }
    }

    private static func power(_ exponent: Int) -> Double {
        var value = 1.0
        for _ in 0..<exponent { value *= 10 }
        return value
    }
}

extension JSONScanner {
    /// Moves past a number.
    mutating func readNumber() -> JSONNumber? {
        var number = JSONNumber()
        number.isNegative = take(UInt8(ascii: "-"))
        let first = next
        guard let whole = readDigits(into: &number, places: 0) else { return nil }
        guard whole == 1 || first != UInt8(ascii: "0") else { return nil }
        if take(UInt8(ascii: ".")) {
            guard readDigits(into: &number, places: 1) != nil else { return nil }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            let isNegative = take(UInt8(ascii: "-"))
            if !isNegative { _ = take(UInt8(ascii: "+")) }
            var written = JSONNumber()
            guard readDigits(into: &written, places: 0) != nil else { return nil }
            let power = written.exponent > 0 ? 9999 : Int(min(written.digits, 9999))
            number.exponent += isNegative ? -power : power
        }
        return number
    }

    /// - Parameter places: 1 after the decimal point, else 0.
    /// - Returns: how many digits there were; nil for none.
    private mutating func readDigits(into number: inout JSONNumber, places: Int) -> Int? {
        let start = position
        while next >= UInt8(ascii: "0") && next <= UInt8(ascii: "9") {
            let digit = UInt64(next - UInt8(ascii: "0"))
            if number.digits < 1_000_000_000_000_000_000 {
                number.digits = number.digits * 10 + digit
                number.exponent -= places
            } else {
                number.isCut = number.isCut || digit != 0
                number.exponent += 1 - places
            }
            skip()
        }
        return position > start ? position - start : nil
    }
}
