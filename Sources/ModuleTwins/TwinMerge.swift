import JSON

/// Writes the members of a tree and those of a patch in one pass: what the patch does not name is copied in runs.
struct TwinMerge {
    let stamp: TwinStamp
    var writer: TwinWriter

    /// Writes the members of one object merged with those of another. As deep as the tree is at most.
    @inline(never)
    mutating func merge(_ object: TwinReader, with patch: JSONObject) {
        var reader = object
        var search = TwinPatchSearch(patch)
        // Behind what is written.
        var done = reader.offset
        while let member = reader.member() {
            guard let new = search.take(reader.slice(member.key)) else { continue }
            writer.copy(reader.slice(done..<member.whole.lowerBound))
            done = member.whole.upperBound
            if case .null = new { continue }
            writer.key(reader.slice(member.key), stamp)
            if case .object(let inner) = new, member.value.tag == .object {
                let start = writer.begin(.object)
                merge(reader.inside(member.value), with: inner)
                writer.end(start)
            } else {
                writer.value(new, stamp)
            }
        }
        writer.copy(reader.slice(done..<reader.offset))
        search.forEachLeft { member in
            if !member.value.isNull { writer.member(member, stamp) }
        }
    }
}
