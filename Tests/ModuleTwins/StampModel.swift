import JSON
import ModuleTwins

/// A twin section, told another way: its leaves by path, as in `MergeModel`, and the stamp of each path; slow and simple.
struct StampModel {
    private(set) var document = JSONObject()
    private(set) var stamps: [[Text]: TwinStamp] = [:]

    mutating func merge(_ patch: JSONObject, _ stamp: TwinStamp) {
        let named = MergeModel.leaves(.object(patch))
        let leaves = MergeModel.merge(document, patch)
        document = document.merged(with: patch)
        var result: [[Text]: TwinStamp] = [:]
        for path in leaves.keys where !path.isEmpty { result[path] = named[path] != nil ? stamp : stamps[path] }
        stamps = result
    }

    /// The stamps as `$metadata` tells them.
    func metadata(withVersions: Bool) -> [[Text]: JSON] {
        var result: [[Text]: JSON] = [:]
        for (path, stamp) in stamps {
            result[path + ["$lastUpdated"]] = .string(Text(iso8601Ms: stamp.ms))
            if withVersions { result[path + ["$lastUpdatedVersion"]] = .integer(Int64(stamp.version)) }
        }
        return result
    }

    /// What was written later than a version, by path.
    func changed(after version: UInt64) -> MergeModel.Leaves {
        MergeModel.leaves(.object(document)).filter { path, _ in
            path.isEmpty || (1...path.count).allSatisfy { (stamps[Array(path.prefix($0))]?.version ?? 0) > version }
        }
    }
}
