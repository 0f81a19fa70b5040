import JSON

/// What IoT Hub counts, told by scalars.
enum SizeModel {
    static func size(_ leaves: MergeModel.Leaves) -> Int {
        leaves.reduce(0) { size, leaf in size + (leaf.key.last?.utf8.count ?? 0) + self.size(leaf.value) }
    }

    private static func size(_ value: JSON) -> Int {
        switch value {
        case .null, .bool: 4
        case .integer, .number: 8
        case .string(let text):
            text.string.unicodeScalars.filter { $0.properties.generalCategory != .control || $0 == "\u{7F}" }
                .reduce(0) { $0 + UTF8.width($1) }
        case .array(let elements): elements.map(size).reduce(0, +)
        case .object(let object): object.map { $0.key.utf8.count + size($0.value) }.reduce(0, +)
        }
    }
}
