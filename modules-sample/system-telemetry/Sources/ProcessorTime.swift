import MartletModule

/// The first line of `/proc/stat`: ticks since the start of the machine, of all processors together.
struct ProcessorTime {
    let idle: Int64
    let total: Int64

    init?(_ text: [UInt8]) {
        var words = Words(text)
        guard let first = words.next(), first == [UInt8]("cpu".utf8) else { return nil }
        // user nice system idle iowait irq softirq steal; what follows is part of user and nice already.
        var ticks: [Int64] = []
        while ticks.count < 8, let word = words.next(), let count = JSONText(word).integer() { ticks.append(count) }
        guard ticks.count >= 4 else { return nil }
        idle = ticks[3] + (ticks.count > 4 ? ticks[4] : 0)
        total = ticks.reduce(0, +)
    }

    /// How busy the processors were, from 0 to 100; `iowait` may run backwards.
    func percent(since before: ProcessorTime) -> Double {
        let passed = total - before.total
        guard passed > 0 else { return 0 }
        return 100 * Double(max(0, min(passed, passed - (idle - before.idle)))) / Double(passed)
    }
}
