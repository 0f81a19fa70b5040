public import JSON

/// Merge, told another way: a document is the set of its leaves by path; slow and simple.
public enum MergeModel {
    /// What stands at a path; `.object` stands for an object's being there, whatever is in it.
    public typealias Leaves = [[Text]: JSON]

    public static func leaves(_ value: JSON, at path: [Text] = []) -> Leaves {
        guard case .object(let object) = value else { return [path: value] }
        var result: Leaves = [path: .object([:])]
        for member in object { result.merge(leaves(member.value, at: path + [member.key])) { $1 } }
        return result
    }

    public static func merge(_ document: JSONObject, _ patch: JSONObject) -> Leaves {
        merge(leaves(.object(document)), patch)
    }

    /// Applies the patch one leaf after the other, outer ones first.
    public static func merge(_ base: Leaves, _ patch: JSONObject) -> Leaves {
        var result = base
        let patchLeaves = leaves(.object(patch)).sorted { $0.key.count < $1.key.count }
        for (path, value) in patchLeaves {
            // Objects on the way that were there before: there the patch merges. Else it is a new subtree, taken as it is.
            let merges = (0..<path.count).allSatisfy { base[Array(path.prefix($0))] == .object([:]) }
            let isObject = value == .object([:])
            if isObject && merges && base[path] == .object([:]) { continue }
            for below in result.keys where below.starts(with: path) { result[below] = nil }
            if value == .null && merges { continue }
            result[path] = value
        }
        return result
    }
}
