import JSON

/// Where the members of a struct lie: as this machine's C compiler places them.
struct StructLayout {
    private let members: [(name: Text, type: CType, offset: Int)]
    /// With the padding at its end.
    let size: Int

    /// libffi knows sizes and alignments of this machine; the rule is that of every C ABI Linux has.
    init(_ members: [CParameter.Member]) {
        var placed: [(name: Text, type: CType, offset: Int)] = []
        var end = 0
        var alignment = 1
        for member in members {
            let offset = StructLayout.aligned(end, member.type.alignment)
            placed.append((member.name, member.type, offset))
            end = offset + member.type.size
            alignment = max(alignment, member.type.alignment)
        }
        self.members = placed
        self.size = StructLayout.aligned(end, alignment)
    }

    private static func aligned(_ offset: Int, _ alignment: Int) -> Int {
        (offset + alignment - 1) / alignment * alignment
    }

    /// A single scalar behind a pointer.
    private var isScalar: Bool { members.count == 1 && members[0].name.isEmpty }

    /// Writes an object's members, or the single scalar, into `size` bytes, padding zeroed.
    ///
    /// - Returns: what is wrong, to be put behind the name of a place; nil: it is written.
    func store(_ value: JSON, at place: UnsafeMutableRawPointer) -> Text? {
        place.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        if isScalar { return members[0].type.store(value, at: place) }
        guard let object = value.object else { return "is \(value.shown), but a struct takes an object with \(names)" }
        for member in object where !members.contains(where: { $0.name == member.key }) {
            return "has the member \(member.key.quoted), but the struct has \(names)"
        }
        for member in members {
            guard let value = object[member.name] else { return "lacks the member \(member.name.quoted) (\(member.type.name))" }
            if let problem = member.type.store(value, at: place + member.offset) {
                return "has a member \(member.name.quoted) that \(problem)"
            }
        }
        return nil
    }

    func load(from place: UnsafeRawPointer) -> JSON {
        if isScalar { return members[0].type.load(from: place) }
        return .object(
            JSONObject(members: members.map { JSONObject.Member(key: $0.name, value: $0.type.load(from: place + $0.offset)) }))
    }

    private var names: Text { members.map { $0.name.quoted }.listed(last: "and") }
}
