import JSON

/// Writes the members of a tree and those of a patch in one pass: what the patch does not name is copied in runs.
struct TwinMerge {
    let stamp: TwinStamp
    private(set) var writer: TwinWriter
    /// As `TwinTree.size`, of the tree as it is with what was done so far.
    private(set) var size: Int

    init(stamp: TwinStamp, size: Int, capacity: Int) {
        self.stamp = stamp
        self.size = size
        writer = TwinWriter(capacity: capacity)
    }

    /// Writes the members of one object merged with those of another. As deep as the tree is at most.
    /// - Parameter outer: the stamp of the object now.
    @inline(never)
    mutating func merge(_ object: TwinReader, with patch: JSONObject, in outer: TwinStamp) {
        var reader = object
        var search = TwinPatchSearch(patch)
        // Of what was written last, or will be with the run.
        var last = outer
        // From where the run of members that stay is not copied yet.
        var run: Int?
        while let member = reader.member() {
            guard let new = search.take(reader.slice(member.key)) else {
                if run == nil {
                    // The member before it may be another one now, and its stamp with it.
                    writer.key(reader.slice(member.key), member.stamp, after: last)
                    run = member.valueStart
                }
                last = member.stamp
                continue
            }
            if let start = run { writer.copy(reader.slice(start..<member.start)) }
            run = nil
            if case .null = new {
                size -= member.key.count + reader.size(of: member.value)
                continue
            }
            writer.key(reader.slice(member.key), stamp, after: last)
            last = stamp
            if case .object(let inner) = new, member.value.tag == .object {
                let start = writer.begin(.object)
                merge(reader.inside(member), with: inner, in: stamp)
                writer.end(start)
            } else {
                writer.value(new)
                size += new.twinSize - reader.size(of: member.value)
            }
        }
        if let start = run { writer.copy(reader.slice(start..<reader.offset)) }
        search.forEachLeft { member in
            guard !member.value.isNull else { return }
            writer.member(member, stamp, after: last)
            size += member.key.utf8.count + member.value.twinSize
            last = stamp
        }
    }
}
