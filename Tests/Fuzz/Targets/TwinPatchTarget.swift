import JSON

extension FuzzTarget {
    /// Patches of a twin, one a line: reported; behind `+` of the desired properties; behind `=` desired properties that replace those
    /// before. What is taken and what becomes of it is compared with slow models.
    static let twinPatch = FuzzTarget(name: "twin-patch") { bytes in
        var fuzzed = FuzzedTwin()
        for line in bytes.split(separator: UInt8(ascii: "\n")).prefix(64) {
            let way = FuzzedTwin.Way(line[line.startIndex])
            guard let patch = try? JSON.parse(Array(way == .report ? line : line.dropFirst())).object else { continue }
            if let fault = fuzzed.apply(patch, way) { return fault }
        }
        return nil
    }
}
