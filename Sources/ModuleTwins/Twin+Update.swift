public import JSON
import ModuleIdentities

extension Twin {
    /// An operator's update of desired properties, tags, or both, in one step.
    ///
    /// Desired properties may hold `$version`, the desired version that must be the current one; their `$metadata` is ignored, so that a
    /// document can be read, changed and written back.
    /// - Parameters:
    ///   - desired: a patch, or with `replaces` what they shall be as a whole; nil: they stay.
    ///   - tags: likewise.
    ///   - replaces: a null on the first level is left out then.
    ///   - ifMatch: the etag that must be the current one; nil or `*`: any.
    /// - Returns: what the module is told; merged into what it knew it gives what it has to know. nil: nothing.
    public mutating func update(
        desired: JSONObject? = nil, tags: JSONObject? = nil, replaces: Bool = false, ifMatch: Text? = nil, nowMs: Int64
    ) throws(TwinError) -> JSONObject? {
        try checkEtag(ifMatch)
        var updated = self
        var notice: JSONObject?
        if let tags {
            let tree = replaces ? TwinTree() : self.tags
            updated.tags = try tree.updated(with: tags, .none, section: "tags", limit: TwinLimits.tagsBytes)
        }
        if let desired {
            let patch = try withoutVersion(desired)
            try updated.desired.accept(patch, replaces: replaces, section: "desired", nowMs: nowMs)
            notice = replaces ? JSONObject.difference(from: self.desired.properties, to: updated.desired.properties) : patch
        }
        updated.revision += 1
        self = updated
        return notice
    }

    /// Merges a patch of the manifest into the desired properties: whatever etag and version are.
    /// - Returns: what the module is told.
    public mutating func patchDesired(_ patch: JSONObject, nowMs: Int64) throws(TwinError) -> JSONObject {
        try desired.accept(patch, section: "desired", nowMs: nowMs)
        revision += 1
        return patch
    }

    /// Merges the module's own patch into the reported properties.
    /// - Returns: the new version of the reported properties.
    public mutating func report(_ patch: JSONObject, nowMs: Int64) throws(TwinError) -> UInt64 {
        let size = JSON.object(patch).bytes().count
        guard size <= TwinLimits.patchBytes else {
            throw TwinError(
                .tooLarge, path: "reported", value: "a patch of \(size) bytes", limit: "at most \(TwinLimits.patchBytes) are allowed")
        }
        try reported.accept(patch, section: "reported", nowMs: nowMs)
        revision += 1
        return reported.version
    }

    private func checkEtag(_ wanted: Text?) throws(TwinError) {
        guard let wanted, !etag.isMatched(by: wanted) else { return }
        throw TwinError(.conflict, path: identity.path, value: "the etag asked for is \(wanted)", limit: "the current one is \(etag)")
    }

    /// What is left of an operator's desired properties once `$version` is checked.
    private func withoutVersion(_ desired: JSONObject) throws(TwinError) -> JSONObject {
        var patch = desired
        patch["$metadata"] = nil
        guard let wanted = patch["$version"] else { return patch }
        patch["$version"] = nil
        let (path, current): (Text, Text) = ("desired.$version", "the current version is \(self.desired.version)")
        guard case .integer(let number) = wanted else {
            throw TwinError(.invalid, path: path, value: "\(wanted.shown) is no version", limit: current)
        }
        guard UInt64(exactly: number) == self.desired.version else {
            throw TwinError(.conflict, path: path, value: "the version asked for is \(number)", limit: current)
        }
        return patch
    }
}

extension TwinSection {
    @inline(never)
    fileprivate mutating func accept(
        _ patch: JSONObject, replaces: Bool = false, section: Text, nowMs: Int64
    ) throws(TwinError) {
        let stamp = nextStamp(nowMs)
        let tree = replaces ? TwinTree() : self.tree
        accept(try tree.updated(with: patch, stamp, section: section, limit: TwinLimits.sectionBytes), stamp)
    }
}

extension TwinTree {
    /// Merges a patch if it and the result are within the limits of twins.
    fileprivate func updated(with patch: JSONObject, _ stamp: TwinStamp, section: Text, limit: Int) throws(TwinError) -> TwinTree {
        try TwinValidator.check(patch, section: section)
        let result = merged(with: patch, stamp: stamp)
        let size = result.size
        guard size <= limit else {
            let what: Text = isEmpty ? "\(size) bytes" : "\(size) bytes together with what is there"
            throw TwinError(.tooLarge, path: section, value: what, limit: "at most \(limit) are allowed")
        }
        let kept = TwinLimits.keptBytes(limit)
        guard result.stored.count <= kept else {
            throw TwinError(
                .tooLarge, path: section, value: "\(result.stored.count) bytes with all that does not count, as empty arrays",
                limit: "at most \(kept) are kept")
        }
        return result
    }
}
