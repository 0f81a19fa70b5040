import JSON
import ModuleTwins

extension FuzzTarget {
    /// Bytes of a stored twin section: refused, or a tree with which all can be done.
    static let twinTree = FuzzTarget(name: "twin-tree") { bytes in
        guard let tree = TwinTree(stored: bytes) else { return nil }
        guard tree.stored == bytes else { return "other bytes" }
        let again = tree.merged(with: JSONObject(), stamp: TwinStamp(ms: 1, version: 1))
        guard JSON.object(again.properties).bytes() == JSON.object(tree.properties).bytes() else { return "an empty patch changed members" }
        guard again.metadata(withVersions: true) == tree.metadata(withVersions: true) || hasTwins(tree.properties) else {
            return "an empty patch changed stamps"
        }
        guard again.size == tree.size else { return "an empty patch changed the size" }
        _ = tree.changed(after: 1)
        // The tree's own members as a patch, in part gone.
        let patch = JSONObject(members: tree.properties.members.enumerated().map { $0 % 2 == 0 ? $1 : .init(key: $1.key, value: .null) })
        let merged = tree.merged(with: patch, stamp: TwinStamp(ms: 2, version: 2))
        guard TwinTree(stored: merged.stored) == merged else { return "a patched tree is not read again" }
        return nil
    }

    /// A key comes twice somewhere: no writer does that, and how such objects compare says nothing.
    private static func hasTwins(_ object: JSONObject) -> Bool {
        Set(object.map(\.key)).count < object.count || object.contains { $0.value.object.map(hasTwins) ?? false }
    }
}
