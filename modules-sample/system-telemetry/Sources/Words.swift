/// The words of a text, between spaces and line ends.
struct Words {
    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    mutating func next() -> [UInt8]? {
        while position < text.count, text[position] <= 0x20 { position += 1 }
        let start = position
        while position < text.count, text[position] > 0x20 { position += 1 }
        return position > start ? [UInt8](text[start..<position]) : nil
    }
}
