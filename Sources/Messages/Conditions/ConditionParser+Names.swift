import CPOSIX
import JSON

// Names with `$`, and numbers.
extension ConditionParser {
    /// `$name`: a property of that name, `$` included, if the message has one; else the value of the body or system property. In braces
    /// it is never the property.
    mutating func systemName(_ range: Range<Int>, hasBraces: Bool) throws(RouteError) -> ConditionType {
        let name = scanner.bytes(range).map(ASCII.lowercased)
        let isBody = name.starts(with: "$body.".utf8)
        let isIndexed = name.contains { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }
        guard isBody || !isIndexed else {
            throw scanner.error("\(scanner.quoted(range)) holds [ or ], which only paths into the body may, as $body.name[0]")
        }
        let jump = hasBraces || isIndexed ? nil : assembler.emit(.propertyOr, assembler.name(scanner.bytes(range)))
        if isBody {
            try path(range.lowerBound + 6..<range.upperBound)
            assembler.body()
        } else {
            system(name.dropFirst(), range)
        }
        if let jump { assembler.land(jump) }
        return isBody ? .query : .string
    }

    private mutating func system(_ name: ArraySlice<UInt8>, _ range: Range<Int>) {
        let text = Text(utf8: name)
        for (known, operation) in ConditionParser.ofHub where known == text {
            assembler.emit(operation)
            return
        }
        var key = scanner.text(range.lowerBound + 1..<range.upperBound)
        for (other, own) in ConditionParser.otherNames where other == text { key = own }
        assembler.emit(.systemProperty, assembler.name(key.utf8))
        let isKnown = (MessageRules.settable + MessageRules.hubNames).contains { ASCII.equalIgnoringCase($0, key) }
        if isKnown { return }
        if text == "body" {
            scanner.warn(at: range.lowerBound, "$body alone is always undefined; write $body.name")
        } else {
            scanner.warn(
                at: range.lowerBound, "no message here has the system property \(scanner.quoted(range)): it is always undefined")
        }
    }

    private static var ofHub: [(Text, ConditionInstruction.Operation)] {
        [
            ("connectiondeviceid", .deviceID), ("connectionmoduleid", .moduleID), ("outputname", .outputName),
            ("enqueuedtime", .enqueuedTime), ("edgehuborigininterface", .origin),
        ]
    }

    /// Names that IoT Edge has for what messages hold under another one here.
    private static var otherNames: [(Text, Text)] {
        [("cid", "correlationId"), ("absolute-expiry-time", "expiryTimeUtc"), ("dt-subject", "component")]
    }

    /// `name.name[0][1].name`
    private mutating func path(_ range: Range<Int>) throws(RouteError) {
        assembler.openPath()
        var place = range.lowerBound
        while true {
            let rest = scanner.bytes(place..<range.upperBound)
            let name = rest.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "]") }
            let isNumber = name.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            if name.isEmpty {
                throw scanner.error(at: place, "a name is expected in the path into the body, as $body.engine.sensors[0].name")
            }
            if isNumber {
                throw scanner.error(
                    at: place, "\(Text(utf8: name).quoted) cannot be a name in a path: it is a number; elements of arrays are name[0]")
            }
            if name.elementsEqual("*".utf8) {
                throw scanner.error(at: place, "a path into the body names one value; * for several is not allowed")
            }
            assembler.step(.member(assembler.text(name)))
            place += name.count
            while place < range.upperBound, scanner.bytes(place..<place + 1).first != UInt8(ascii: ".") {
                place = try element(place..<range.upperBound)
            }
            if place == range.upperBound { return }
            place += 1
        }
    }

    /// `[0]`. Returns where it ends.
    private mutating func element(_ range: Range<Int>) throws(RouteError) -> Int {
        let bytes = scanner.bytes(range)
        let digits = bytes.dropFirst().prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard bytes.first == UInt8(ascii: "["), !digits.isEmpty, digits.endIndex < bytes.endIndex,
            bytes[digits.endIndex] == UInt8(ascii: "]")
        else { throw scanner.error(at: range.lowerBound, "an element of an array is expected, as [0]; the first is 0") }
        var index = 0
        for digit in digits {
            index = index * 10 + Int(digit - UInt8(ascii: "0"))
            if index > ConditionLimits.index { throw scanner.error(at: range.lowerBound, "this index is larger than any array") }
        }
        assembler.step(.element(index))
        return digits.endIndex + 1
    }

    /// An integer, a fraction or hexadecimal digits, as the nearest Double.
    func number(_ range: Range<Int>) throws(RouteError) -> Double {
        let bytes = scanner.bytes(range)
        let digits = bytes.dropFirst(2)
        if bytes.first == UInt8(ascii: "0"), bytes.dropFirst().first.map({ $0 | 0x20 }) == UInt8(ascii: "x") {
            let significant = digits.drop { $0 == UInt8(ascii: "0") }
            var value: UInt64 = 0
            for digit in significant.prefix(16) { value = value << 4 | UInt64(ASCII.hexValue(digit) ?? 0) }
            guard significant.count <= 16, let integer = Int64(exactly: value) else {
                throw scanner.error("\(scanner.quoted(range)) is too large; the largest is 0x7FFFFFFFFFFFFFFF")
            }
            return Double(integer)
        }
        let unsigned = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
        if let first = unsigned.first, first | 0x20 == UInt8(ascii: "e") {
            throw scanner.error("\(scanner.quoted(range)) is an exponent without a number; no property can be called so in a condition")
        }
        return NumberText.double(bytes)
    }
}
