public import JSON
public import ModuleTwins

/// A twin section, told another way: its leaves by path, as in `MergeModel`, and the stamp of each path; slow and simple.
public struct StampModel {
    public private(set) var leaves = MergeModel.leaves(.object([:]))
    private var stamps: [[Text]: TwinStamp] = [:]

    public init() {}

    public mutating func merge(_ patch: JSONObject, _ stamp: TwinStamp) {
        let named = MergeModel.leaves(.object(patch))
        leaves = MergeModel.merge(leaves, patch)
        var result: [[Text]: TwinStamp] = [:]
        for path in leaves.keys where !path.isEmpty { result[path] = named[path] != nil ? stamp : stamps[path] }
        stamps = result
    }

    /// As IoT Hub counts it.
    public var size: Int { SizeModel.size(leaves) }

    /// The stamps as `$metadata` tells them.
    public func metadata(withVersions: Bool) -> [[Text]: JSON] {
        var result: [[Text]: JSON] = [:]
        for (path, stamp) in stamps {
            result[path + ["$lastUpdated"]] = .string(Text(iso8601Ms: stamp.ms))
            if withVersions { result[path + ["$lastUpdatedVersion"]] = .integer(Int64(stamp.version)) }
        }
        return result
    }

    /// What was written later than a version, by path.
    public func changed(after version: UInt64) -> MergeModel.Leaves {
        leaves.filter { path, _ in
            path.isEmpty || (1...path.count).allSatisfy { (stamps[Array(path.prefix($0))]?.version ?? 0) > version }
        }
    }

    /// What is not as it must be of a tree that was made by the same patches; nil: nothing.
    /// - Parameter since: the version for `changed(after:)`.
    public func fault(of tree: TwinTree, since: UInt64) -> String? {
        guard MergeModel.leaves(.object(tree.properties)) == leaves else { return "other members" }
        guard tree.size == size else { return "counted \(tree.size) instead of \(size)" }
        for withVersions in [false, true] {
            let told = MergeModel.leaves(.object(tree.metadata(withVersions: withVersions))).filter { $0.value != .object([:]) }
            guard told == metadata(withVersions: withVersions) else { return "other metadata" }
        }
        guard MergeModel.leaves(.object(tree.changed(after: since))) == changed(after: since) else {
            return "changed otherwise since \(since)"
        }
        guard TwinTree(stored: tree.stored) == tree else { return "not stored and read again" }
        return nil
    }
}
