import JSON
import Messages

/// A message made of an input's bytes: few names and values, so that conditions meet them.
enum FuzzedMessage {
    static let names = ["a", "b", "level", "Key", "é"]
    static let texts = [
        "", "x", "X", "abc", "5", "-7.5", " 10 ", "1e3", ".5", "5.", "0x10", "NaN", "true", "é", "e\u{301}", "Ä", "ä", "😀", "a😀b",
        "\u{FFFD}", "\r\n", "2017-03-09T00:00:00Z", "xyz x",
    ]
    static let numbers = ["0", "1", "-1", "2", "3", "2.5", "0.5", "-0.5", "1e3", "1e400", "100", "9007199254740993", "-7.5"]

    static func make(_ input: inout FuzzInput) -> Message {
        var properties: [MessageProperty] = []
        for name in names where input.byte() % 2 == 1 { properties.append(MessageProperty(name: Text(name), value: Text(text(&input)))) }
        var system: [MessageProperty] = []
        func set(_ name: Text, _ values: [String]) {
            let value = values[Int(input.byte()) % values.count]
            if value != "-" { system.append(MessageProperty(name: name, value: Text(value))) }
        }
        set("contentType", ["application/json", "application/json", "application/json", "Application/JSON", "text/plain", "-"])
        let encoding = Int(input.byte()) % 8
        let encodings: [Text?] = ["utf-8", "utf-8", "UTF-8", "utf-8", "utf-16", "utf-32", "latin1", nil]
        if let encoding = encodings[encoding] { system.append(MessageProperty(name: "contentEncoding", value: encoding)) }
        set("correlationId", ["-", "x", "abc"])
        set("messageId", ["-", "5", "x"])
        let body = json(&input, depth: 0, isTop: true)
        let bytes =
            switch encoding {
            case 4: body.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
            case 5: body.unicodeScalars.flatMap { scalar in (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * UInt32($0))) } }
            default: Array(body.utf8)
            }
        return Message(
            module: ["", "m", "thermometer"][Int(input.byte()) % 3], output: ["", "out"][Int(input.byte()) % 2], body: bytes,
            properties: properties, systemProperties: system)
    }

    private static func text(_ input: inout FuzzInput) -> String { texts[Int(input.byte()) % texts.count] }

    private static func json(_ input: inout FuzzInput, depth: Int, isTop: Bool = false) -> String {
        let kind = input.byte() % 16
        if isTop && kind > 0 || depth < 3 && kind < 4 {
            let members = FuzzedCondition.steps.filter { _ in input.byte() % 2 == 1 }.map {
                "\(JSON.string(Text($0)).text):\(json(&input, depth: depth + 1))"
            }
            return "{\(members.joined(separator: input.byte() == 7 ? ";" : ","))}"
        }
        switch kind {
        case 0...5:
            return depth < 3 ? "[\((0..<input.byte() % 4).map { _ in json(&input, depth: depth + 1) }.joined(separator: ","))]" : "[]"
        case 6: return "null"
        case 7: return "true"
        case 8: return "false"
        case 9...11: return numbers[Int(input.byte()) % numbers.count]
        default: return JSON.string(Text(text(&input))).text
        }
    }
}
