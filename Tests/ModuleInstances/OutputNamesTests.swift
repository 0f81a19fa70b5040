import JSON
import Testing

@testable import ModuleInstances

@Suite struct OutputNamesTests {
    @Test func `a name is found again by its bytes, also where the memory behind it changes`() {
        var names = OutputNames()
        var bytes: [CChar] = Array("temperature of the boiler".utf8CString)
        for _ in 0..<2 { #expect(names.find(bytes).text == "temperature of the boiler") }
        bytes[0] = CChar(bitPattern: UInt8(ascii: "T"))
        for _ in 0..<2 { #expect(names.find(bytes).text == "Temperature of the boiler") }
        #expect(names.find("temperature").text == "temperature")
    }

    @Test func `what is no name of an output is never remembered as one`() {
        var names = OutputNames()
        for name in ["a/b", "", "a#", String(repeating: "x", count: 201)] {
            for _ in 0..<2 {
                let found = names.find(name)
                #expect(found.text == Text(name))
                #expect(!found.isValid)
            }
        }
        #expect(names.find("a").isValid)
    }

    @Test func `more names than are remembered are found all the same`() {
        var names = OutputNames()
        for _ in 0..<3 {
            for number in 0..<50 {
                let found = names.find("output \(number)")
                #expect(found.text == "output \(number)")
                #expect(found.isValid)
            }
        }
    }
}
