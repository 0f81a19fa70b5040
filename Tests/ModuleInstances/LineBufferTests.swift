import Testing

@testable import ModuleInstances

@Suite struct LineBufferTests {
    private func text(capacity: Int = 100, _ body: (inout LineBuffer) -> Void) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { memory in
            var line = LineBuffer(memory.baseAddress!, capacity: capacity)
            body(&line)
            #expect(line.count <= capacity)
            return String(decoding: memory[..<line.count], as: UTF8.self)
        }
    }

    @Test func `numbers are written in digits`() {
        for number: UInt64 in [0, 7, 10, 99, 100, 1_000_000, .max] { #expect(text { $0.append(number) } == "\(number)") }
        #expect(text { $0.append(7, digits: 3) } == "007")
        #expect(text { $0.append(address: 0x7F00_12AB) } == "0x7f0012ab")
        #expect(text { $0.append(address: 0) } == "0x0")
        #expect(text { $0.append(ms: 3250) } == "3.2 s")
        #expect(text { $0.append(ms: 0) } == "0.0 s")
    }

    @Test func `what does not fit is left out`() {
        #expect(text(capacity: 4) { $0.append("abcdefgh") } == "abcd")
        #expect(text(capacity: 4) { $0.append(UInt64.max) }.utf8.count == 4)
        let full = text(capacity: 4) { line in
            if line.room(5) == nil { line.append("none") }
        }
        #expect(full == "none")
    }

    @Test func `a C string is cut off, and what is not plain is replaced`() {
        #expect(text(capacity: 1000) { $0.append(cString: "a b\nc\u{7F}é") } == "a?b?c???")
        #expect(text(capacity: 1000) { $0.append(cString: "") } == "")
        #expect(text(capacity: 1000) { $0.append(cString: String(repeating: "x", count: 900)) }.utf8.count == 200)
    }
}
