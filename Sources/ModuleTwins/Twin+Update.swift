public import JSON
import ModuleIdentities

extension Twin {
    /// Merges a patch into the desired properties.
    /// - Parameters:
    ///   - ifMatch: nil or `*`: whatever the current etag is.
    ///   - now: the wall clock, as in `TwinSection.lastUpdated`.
    /// - Returns: what the module is told; merged into what it knew it gives what it has to know.
    public mutating func patchDesired(_ patch: JSONObject, ifMatch: Text? = nil, now: Text) throws(TwinError) -> JSONObject {
        try checkEtag(ifMatch)
        try desired.accept(desired.properties.merged(with: patch), after: patch, section: "desired", now: now)
        revision += 1
        return patch
    }

    /// Puts other desired properties in place of all there are. A null on the first level is left out.
    /// - Returns: as `patchDesired`: what is gone is null.
    public mutating func replaceDesired(
        _ properties: JSONObject, ifMatch: Text? = nil, now: Text
    ) throws(TwinError) -> JSONObject {
        try checkEtag(ifMatch)
        let before = desired.properties
        try desired.accept(JSONObject().merged(with: properties), after: properties, section: "desired", now: now)
        revision += 1
        return JSONObject.difference(from: before, to: desired.properties)
    }

    /// Merges the module's own patch into the reported properties.
    /// - Returns: the new version of the reported properties.
    public mutating func report(_ patch: JSONObject, now: Text) throws(TwinError) -> UInt64 {
        let size = JSON.object(patch).bytes().count
        guard size <= TwinLimits.patchBytes else {
            throw TwinError(
                .tooLarge, path: "reported", value: "a patch of \(size) bytes", limit: "at most \(TwinLimits.patchBytes) are allowed")
        }
        try reported.accept(reported.properties.merged(with: patch), after: patch, section: "reported", now: now)
        revision += 1
        return reported.version
    }

    /// Merges a patch into the tags.
    public mutating func patchTags(_ patch: JSONObject, ifMatch: Text? = nil) throws(TwinError) {
        try checkEtag(ifMatch)
        var validator = TwinValidator(section: "tags")
        try validator.check(patch)
        let result = tags.merged(with: patch)
        try checkSize(of: result, section: "tags", limit: TwinLimits.tagsBytes)
        tags = result
        revision += 1
    }

    private func checkEtag(_ wanted: Text?) throws(TwinError) {
        guard let wanted, wanted != "*", wanted != etag, wanted != "\"\(etag)\"" else { return }
        throw TwinError(.conflict, path: identity.path, value: "the etag asked for is \(wanted)", limit: "the current one is \(etag)")
    }
}

extension TwinSection {
    fileprivate mutating func accept(
        _ result: JSONObject, after patch: JSONObject, section: Text, now: Text
    ) throws(TwinError) {
        var validator = TwinValidator(section: section)
        try validator.check(patch)
        try checkSize(of: result, section: section, limit: TwinLimits.sectionBytes)
        accept(result, now: now)
    }
}

private func checkSize(of properties: JSONObject, section: Text, limit: Int) throws(TwinError) {
    let size = properties.twinSize
    guard size <= limit else {
        throw TwinError(
            .tooLarge, path: section, value: "\(size) bytes together with what is there", limit: "at most \(limit) are allowed")
    }
}
