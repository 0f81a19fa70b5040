import JSON
import ModuleIdentities
import Testing

@Suite struct IdentifierRulesTests {
    @Test(arguments: ["Hannover01", "a", "-.+%_#*?!(),=@$'", String(repeating: "x", count: 128)])
    func `a device id takes what IoT Hub takes`(id: String) {
        #expect(IdentifierRules.problem(inDeviceID: Text(id)) == nil)
        #expect(IdentifierRules.problem(inModuleID: Text(id)) == nil)
    }

    @Test(arguments: ["a/b", "a b", "ä", "a\u{0}", "a:b", "a;b", "a\"b", "a\n"])
    func `a device id with another character is refused, and the character set is named`(id: String) {
        let expected: Text = "\(Text(id).quoted) is not a device id; use ASCII letters, digits and - . + % _ # * ? ! ( ) , = @ $ '"
        #expect(IdentifierRules.problem(inDeviceID: Text(id)) == expected)
    }

    @Test func `an id of 129 characters is refused, and shown shortened`() {
        let id = Text(String(repeating: "x", count: 129))
        let shown = String(repeating: "x", count: 64)
        #expect(IdentifierRules.problem(inDeviceID: id) == "\"\(shown)…\" has 129 bytes; a device id has at most 128")
        #expect(IdentifierRules.problem(inModuleName: id) == "\"\(shown)…\" has 129 bytes; a module name has at most 128")
    }

    @Test func `an empty name is refused`() {
        #expect(IdentifierRules.problem(inModuleName: "") == "a module name must not be empty; use ASCII letters, digits, - and _")
        #expect(IdentifierRules.problem(inDeviceID: "") != nil)
        #expect(IdentifierRules.problem(inEndpointName: "") != nil)
    }

    @Test func `a module name of a manifest is narrower than a module id`() {
        #expect(IdentifierRules.problem(inModuleName: "temp_sensor-1") == nil)
        #expect(
            IdentifierRules.problem(inModuleName: "$edgeHub") == "\"$edgeHub\" is not a module name; use ASCII letters, digits, - and _")
        #expect(IdentifierRules.problem(inModuleID: "$edgeHub") == nil)
        #expect(IdentifierRules.problem(inModuleName: "a.b") != nil)
    }

    @Test(arguments: ["alert", "Größe", "a b", "$x", "*"])
    func `an output name may hold nearly anything`(name: String) {
        #expect(IdentifierRules.problem(inEndpointName: Text(name)) == nil)
    }

    @Test(arguments: ["a/b", "a#", "+", "a\u{7F}", "a\u{1}"])
    func `an output name that would break a topic is refused`(name: String) {
        #expect(IdentifierRules.problem(inEndpointName: Text(name)) != nil)
    }

    @Test func `an output name has at most 200 bytes`() {
        #expect(IdentifierRules.problem(inEndpointName: Text(String(repeating: "x", count: 200))) == nil)
        #expect(IdentifierRules.problem(inEndpointName: Text(String(repeating: "x", count: 201))) != nil)
    }

    @Test(arguments: ["update", "a-b.c*'!#+%&~^`|_", String(repeating: "x", count: 100)])
    func `a method's name takes what IoT Hub takes`(name: String) {
        #expect(IdentifierRules.problem(inMethodName: Text(name)) == nil)
    }

    @Test(arguments: ["", "a b", "é", "a/b", "$x", "a?", "a=b", "[a]", "a\"", "a\\", "a\u{7F}", String(repeating: "x", count: 101)])
    func `a method's name that IoT Hub does not take is refused`(name: String) {
        #expect(IdentifierRules.problem(inMethodName: Text(name)) != nil)
    }
}
