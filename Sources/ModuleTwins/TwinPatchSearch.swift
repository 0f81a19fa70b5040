import JSON

/// Finds the members of a patch by the keys of a tree, and knows which of them were not found.
struct TwinPatchSearch {
    /// From here on a table is faster than a walk.
    private static let fewest = 16

    private let members: [JSONObject.Member]
    private let index: JSONObject.Index?
    private var isTaken: [Bool]

    init(_ patch: JSONObject) {
        members = patch.members
        index = members.count < TwinPatchSearch.fewest ? nil : JSONObject.Index(patch)
        isTaken = [Bool](repeating: false, count: members.count)
    }

    /// What the patch says of a key; nil: nothing.
    mutating func take(_ key: UnsafeRawBufferPointer) -> JSON? {
        guard let place = place(of: key) else { return nil }
        isTaken[place] = true
        return members[place].value
    }

    /// The members whose keys were not asked for, in their order.
    func forEachLeft(_ body: (JSONObject.Member) -> Void) {
        for place in members.indices where !isTaken[place] { body(members[place]) }
    }

    @inline(never)
    private func place(of key: UnsafeRawBufferPointer) -> Int? {
        if let index { return index.place(of: Text(utf8: key)) }
        return members.firstIndex { member in
            member.key.utf8.count == key.count && member.key.withBytes { TwinPatchSearch.areEqual($0, key) }
        }
    }

    /// Of the same length. From the end: keys often begin with the same word.
    private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        var index = left.count
        while index > 0 {
            index -= 1
            guard left[index] == right[index] else { return false }
        }
        return true
    }
}
