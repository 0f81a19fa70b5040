import JSON

/// A change of a twin from the service's side: desired properties, tags, or both. What is nil stays as it is.
public struct TwinChange: Sendable, Equatable {
    /// A patch in which null deletes, or the whole section, as the call says. `$version` in it is the version that the desired properties
    /// must still have; `$metadata` does not count.
    public var desired: JSONObject?
    /// The same for tags.
    public var tags: JSONObject?

    /// A change of what is not nil.
    public init(desired: JSONObject? = nil, tags: JSONObject? = nil) {
        self.desired = desired
        self.tags = tags
    }
}
