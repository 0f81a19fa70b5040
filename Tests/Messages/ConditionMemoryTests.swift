import Testing

@testable import Messages

@Suite struct ConditionMemoryTests {
    @Test func `what is taken stays where it is while more is taken`() {
        var memory = ConditionMemory()
        defer { memory.free() }
        var taken: [(UnsafeMutablePointer<UInt8>, UInt8)] = []
        for number: UInt8 in 1...100 {
            guard let place = memory.take(1000) else {
                Issue.record("no memory for \(number)")
                return
            }
            place.update(repeating: number, count: 1000)
            taken.append((place, number))
        }
        for (place, number) in taken { #expect((0..<1000).allSatisfy { place[$0] == number }) }
    }

    @Test func `there is a limit, and after it room for what is smaller`() {
        var memory = ConditionMemory()
        defer { memory.free() }
        #expect(memory.take(ConditionLimits.memory) == nil, "less than all of it: the first block is there already")
        #expect(memory.take(ConditionLimits.memory - ConditionLimits.keptMemory) != nil)
        #expect(memory.take(ConditionLimits.keptMemory + 1) == nil)
        memory.rewind()
        #expect(memory.take(ConditionLimits.memory - ConditionLimits.keptMemory) != nil)
        memory.reset()
        #expect(memory.take(1) != nil)
    }

    @Test func `what is given back is taken again`() {
        var memory = ConditionMemory()
        defer { memory.free() }
        let first = memory.take(100)
        memory.giveBack(40)
        #expect(memory.take(1) == first.map { $0 + 60 })
        memory.reset()
        #expect(memory.take(1) == first)
    }
}
