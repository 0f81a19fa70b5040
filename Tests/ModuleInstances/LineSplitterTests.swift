import Testing

@testable import ModuleInstances

private func pieces(of text: String, limit: Int, by step: Int, ends: Bool = true) -> [LineSplitter.Piece] {
    var splitter = LineSplitter(limit: limit)
    var found: [LineSplitter.Piece] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: step) {
        bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { splitter.feed($0) { found.append($0) } }
    }
    if ends { splitter.end { found.append($0) } }
    return found
}

private func line(_ text: String) -> LineSplitter.Piece { .line(Array(text.utf8)) }

@Test(arguments: 1...9)
func `lines come out however the bytes arrive`(step: Int) {
    #expect(pieces(of: "one\ntwo\r\n\nfour", limit: 10, by: step) == [line("one"), line("two"), line(""), line("four")])
}

@Test(arguments: 1...9)
func `a line over the limit is told once and the next one is whole`(step: Int) {
    #expect(pieces(of: "12345\n123456\n12345", limit: 5, by: step) == [line("12345"), .tooLong, line("12345")])
}

@Test func `nothing is made of a line that has not ended`() {
    #expect(pieces(of: "unfinished", limit: 20, by: 4, ends: false) == [])
}

@Test func `a line over the limit that never ends is told once`() {
    #expect(pieces(of: String(repeating: "x", count: 100), limit: 5, by: 7) == [.tooLong])
}
