import JSON
import Testing

@Suite struct `In order` {
    @Test func `equal elements stay as they came`() {
        let pairs = [(2, "a"), (1, "b"), (2, "c"), (1, "d"), (0, "e")]
        #expect(pairs.inOrder { $0.0 < $1.0 }.map { $0.1 } == ["e", "b", "d", "a", "c"])
    }

    @Test(arguments: [[], [1], [3, 1, 2], [1, 2, 3], [3, 2, 1], [2, 2, 1, 1]])
    func `it is the order of the standard library`(numbers: [Int]) {
        #expect(numbers.inOrder(<) == numbers.sorted())
    }
}
