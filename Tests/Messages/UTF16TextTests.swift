import JSON
import Testing

@testable import Messages

@Suite struct UTF16TextTests {
    private static let texts = [
        "", "a", "ab", "b", "B", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFD}", "\u{FFFF}", "\u{10000}",
        "\u{1F600}",
        "\u{10FFFF}", "a\u{E000}", "a\u{10000}", "\u{1F600}\u{E000}", "\u{1F600}\u{10000}", "e\u{301}", "\u{E9}", "\r\n",
    ]

    private func with<Result>(_ text: String, _ body: (UTF16Text.Bytes) -> Result) -> Result {
        Array(text.utf8).withUnsafeBufferPointer(body)
    }

    @Test func `the order is that of code units`() {
        for left in Self.texts {
            for right in Self.texts {
                let order = with(left) { left in with(right) { UTF16Text.order(left, $0) } }
                #expect(
                    (order < 0) == left.utf16.lexicographicallyPrecedes(right.utf16), "\(left.debugDescription) \(right.debugDescription)")
                #expect((order == 0) == left.utf16.elementsEqual(right.utf16))
                #expect(with(left) { left in with(right) { UTF16Text.areEqual(left, $0) } } == (order == 0))
            }
        }
    }

    @Test func `counts and places are those of code units`() {
        for text in Self.texts {
            #expect(with(text, UTF16Text.count) == text.utf16.count)
            for units in 0...text.utf16.count + 1 {
                let index = text.utf16.index(text.utf16.startIndex, offsetBy: units, limitedBy: text.utf16.endIndex)
                let expected = index.flatMap { $0.samePosition(in: text.unicodeScalars) }.map {
                    text.utf8.distance(from: text.utf8.startIndex, to: $0)
                }
                #expect(with(text) { UTF16Text.offset(of: units, in: $0) } == expected, "\(units) of \(text.debugDescription)")
            }
        }
    }

    @Test func `characters are read as they are`() {
        for text in Self.texts {
            var place = 0
            var scalars: [UInt32] = []
            with(text) { bytes in
                while place < bytes.count {
                    let (scalar, length) = bytes[place] < 0x80 ? (UInt32(bytes[place]), 1) : UTF16Text.scalar(at: place, of: bytes)
                    scalars.append(scalar)
                    place += length
                }
            }
            #expect(scalars == text.unicodeScalars.map(\.value))
        }
    }
}
