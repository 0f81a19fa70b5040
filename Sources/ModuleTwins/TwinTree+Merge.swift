public import JSON

extension TwinTree {
    /// This tree with a patch applied, by the rules of `JSONObject.merged`.
    /// - Parameter stamp: what every member gets that the patch names, and so every object on the way to one; others keep theirs.
    public func merged(with patch: JSONObject, stamp: TwinStamp) -> TwinTree {
        // Room for a patch of some members.
        var merge = TwinMerge(stamp: stamp, size: size, capacity: stored.count + 64)
        stored.withUnsafeBytes { merge.merge(TwinReader($0), with: patch, in: .none) }
        return TwinTree(trusted: merge.writer.result, size: merge.size)
    }
}
