/// What a condition sees of a message. Names without regard to the case of ASCII letters.
public struct MessageModel {
    public var properties: [(name: String, value: String)] = []
    public var systemProperties: [(name: String, value: String)] = []
    public var body: [UInt8] = []

    public init() {}

    static func value(_ name: [UInt16], _ list: [(name: String, value: String)]) -> ValueModel {
        func small(_ name: some Sequence<UInt16>) -> [UInt16] { name.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 } }
        let found = list.first { small($0.name.utf16) == small(name) }
        return found.map { .string(Array($0.value.utf16)) } ?? .undefined
    }

    /// The value at a path of the body; nothing there is null.
    func value(_ path: [ExpressionModel.Step]) -> ValueModel {
        guard var value = document else { return .undefined }
        for step in path {
            switch (step, value) {
            case (.name(let name), .object(let members)):
                guard let member = members.last(where: { $0.key == name }) else { return .null }
                value = member.value
            case (.index(let index), .array(let elements)):
                guard elements.indices.contains(index) else { return .null }
                value = elements[index]
            default: return .null
            }
        }
        switch value {
        case .null: return .null
        case .bool(let bool): return .bool(bool)
        case .number(let number): return .of(number)
        case .string(let string): return .string(string)
        case .array, .object: return .undefined
        }
    }

    private var document: JSONModel? {
        func system(_ name: String) -> String? {
            Self.value(Array(name.utf16), systemProperties).string.map { String(decoding: $0, as: UTF16.self).lowercased() }
        }
        guard system("contentType") == "application/json", let text = text(system("contentEncoding")) else { return nil }
        guard let value = JSONModel(text), case .object = value else { return nil }
        return value
    }

    private func text(_ encoding: String?) -> String? {
        switch encoding {
        case "utf-8": EncodedText(body).utf8
        case "utf-16": EncodedText(body).utf16
        case "utf-32": EncodedText(body).utf32
        default: nil
        }
    }
}
