import JSON
import Testing

@Test func `two spellings of one character are two texts`() {
    let composed: Text = "caf\u{E9}"
    let decomposed: Text = "cafe\u{301}"
    #expect(composed.string == decomposed.string)
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
}
