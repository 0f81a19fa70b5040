import MartletModule

/// The machine's own numbers, from `/proc` and `/sys`.
final class Machine {
    private let processor = SystemFile("/proc/stat")
    private let memory = SystemFile("/proc/meminfo")
    private let load = SystemFile("/proc/loadavg")
    private let thermometers: [SystemFile]
    private var before: ProcessorTime?

    init() {
        var found: [SystemFile] = []
        while found.count < 16, let file = SystemFile("/sys/class/thermal/thermal_zone\(found.count)/temp", limit: 32) {
            found.append(file)
        }
        thermometers = found
        before = processor?.read().flatMap { ProcessorTime($0) }
    }

    var isReadable: Bool { before != nil }

    /// One reading as JSON; what this machine does not tell is left out.
    func read() -> [UInt8] {
        var reading = JSONObjectBuilder()
        if let now = processor?.read().flatMap({ ProcessorTime($0) }) {
            if let before { reading.set("cpuPercent", now.percent(since: before), decimals: 1) }
            before = now
        }
        if let text = memory?.read(), let total = field("MemTotal:", of: text), let free = field("MemAvailable:", of: text), total > 0 {
            reading.set("memoryUsedPercent", 100 * (1 - Double(free) / Double(total)), decimals: 1)
            reading.set("memoryAvailableKB", free)
        }
        if let text = load?.read() {
            var words = Words(text)
            for name in ["load1", "load5", "load15"] {
                if let value = words.next().flatMap({ JSONText($0).number() }) { reading.set(name, value, decimals: 2) }
            }
        }
        if let hottest = thermometers.compactMap({ $0.read().flatMap { JSONText($0).integer() } }).max() {
            reading.set("temperatureCelsius", Double(hottest) / 1000, decimals: 1)
        }
        return reading.bytes
    }

    /// The number after a name.
    private func field(_ name: String, of text: [UInt8]) -> Int64? {
        let name = [UInt8](name.utf8)
        var words = Words(text)
        while let word = words.next() {
            if word == name { return words.next().flatMap { JSONText($0).integer() } }
        }
        return nil
    }
}
