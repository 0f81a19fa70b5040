/// JSON by recursion over Unicode's scalars, as RFC 8259 has it; slow and simple. Strings are UTF-16, of equal keys all are there.
public indirect enum JSONModel: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string([UInt16])
    case array([JSONModel])
    case object([Member])

    /// A key with its value.
    public struct Member: Equatable {
        public let key: [UInt16]
        public let value: JSONModel
    }

    /// nil: it is not UTF-8, not JSON, or deeper than 100 arrays and objects inside each other.
    public init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self.init(text)
    }

    public init?(_ text: String) {
        var reader = Reader(rest: Array(text.unicodeScalars)[...])
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        guard reader.rest.isEmpty else { return nil }
        self = value
    }

    private struct Reader {
        var rest: ArraySlice<Unicode.Scalar>

        mutating func skipSpace() { rest = rest.drop { " \t\r\n".unicodeScalars.contains($0) } }

        mutating func take(_ text: String) -> Bool {
            guard rest.starts(with: text.unicodeScalars) else { return false }
            rest = rest.dropFirst(text.unicodeScalars.count)
            return true
        }

        mutating func value(depth: Int) -> JSONModel? {
            skipSpace()
            if take("null") { return .null }
            if take("true") { return .bool(true) }
            if take("false") { return .bool(false) }
            if take("\"") { return string().map { .string($0) } }
            if take("[") { return depth < 100 ? array(depth: depth + 1) : nil }
            if take("{") { return depth < 100 ? object(depth: depth + 1) : nil }
            return number()
        }

        mutating func array(depth: Int) -> JSONModel? {
            skipSpace()
            if take("]") { return .array([]) }
            var elements: [JSONModel] = []
            repeat {
                guard let element = value(depth: depth) else { return nil }
                elements.append(element)
                skipSpace()
            } while take(",")
            return take("]") ? .array(elements) : nil
        }

        mutating func object(depth: Int) -> JSONModel? {
            skipSpace()
            if take("}") { return .object([]) }
            var members: [Member] = []
            repeat {
                skipSpace()
                guard take("\""), let key = string() else { return nil }
                skipSpace()
                guard take(":"), let value = value(depth: depth) else { return nil }
                members.append(Member(key: key, value: value))
                skipSpace()
            } while take(",")
            return take("}") ? .object(members) : nil
        }

        /// Behind the opening quote.
        mutating func string() -> [UInt16]? {
            var units: [UInt16] = []
            while let scalar = rest.popFirst() {
                if scalar == "\"" { return String(validating: units, as: UTF16.self).map { Array($0.utf16) } }
                if scalar.value < 0x20 { return nil }
                guard scalar == "\\" else {
                    units += Array(String(scalar).utf16)
                    continue
                }
                guard let letter = rest.popFirst() else { return nil }
                switch letter {
                case "\"", "\\", "/": units.append(UInt16(letter.value))
                case "b": units.append(8)
                case "f": units.append(12)
                case "n": units.append(10)
                case "r": units.append(13)
                case "t": units.append(9)
                case "u":
                    let digits = rest.prefix(4)
                    guard digits.count == 4, digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
                    guard let unit = UInt16(String(String.UnicodeScalarView(digits)), radix: 16) else { return nil }
                    units.append(unit)
                    rest = rest.dropFirst(4)
                default: return nil
                }
            }
            return nil
        }

        mutating func number() -> JSONModel? {
            var text = take("-") ? "-" : ""
            let whole = digits()
            guard !whole.isEmpty, whole == "0" || !whole.hasPrefix("0") else { return nil }
            text += whole
            if take(".") {
                let fraction = digits()
                guard !fraction.isEmpty else { return nil }
                text += "." + fraction
            }
            if take("e") || take("E") {
                let sign = take("-") ? "-" : take("+") ? "+" : ""
                let exponent = digits()
                guard !exponent.isEmpty else { return nil }
                text += "e" + sign + exponent
            }
            return Double(text).map { .number($0) }
        }

        mutating func digits() -> String {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            return String(String.UnicodeScalarView(digits))
        }
    }
}
