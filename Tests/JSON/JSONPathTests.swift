import JSON
import Testing

@Test func `a path reads like the article's`() {
    let path = JSONPath.root.appending("modulesContent").appending("$edgeAgent").appending("properties.desired").appending("modules")
        .appending("x")
    #expect(path.description == #"modulesContent.$edgeAgent["properties.desired"].modules.x"#)
}

@Test func `indices and odd keys stand in brackets`() {
    #expect(JSONPath.root.appending("polls").appending(index: 2).appending("").description == #"polls[2][""]"#)
    #expect(JSONPath.root.appending("a\"b").description == #"["a\"b"]"#)
    #expect(JSONPath.root.appending("1st").description == #"["1st"]"#)
    #expect(JSONPath.root.appending("sensor-7").description == "sensor-7")
}

@Test func `the root has a name`() {
    #expect(JSONPath.root.description == "(document)")
}
