import JSON

/// Finds what was probably meant by a misspelt name.
enum Spelling {
    /// The name that is at most two edits away, one for names of up to five bytes; case does not count. Names over 64 bytes have none.
    static func nearest(to word: Text, of names: [Text]) -> Text? {
        guard word.utf8.count <= 64 else { return nil }
        var best: (name: Text, distance: Int)?
        for name in names {
            let distance = distance(word, name)
            if distance <= (name.utf8.count <= 5 ? 1 : 2), distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    /// Levenshtein's: bytes inserted, removed or replaced.
    private static func distance(_ left: Text, _ right: Text) -> Int {
        let left = left.utf8.map(lowercased)
        let right = right.utf8.map(lowercased)
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let replaced = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
            }
        }
        return row[right.count]
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte + 32 : byte
    }
}
