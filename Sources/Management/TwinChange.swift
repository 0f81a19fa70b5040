import JSON

/// A change of a twin from the service's side: desired properties, tags, or both. What is nil stays as it is.
public struct TwinChange: Sendable, Equatable {
    public var desired: JSONObject?
    public var tags: JSONObject?

    public init(desired: JSONObject? = nil, tags: JSONObject? = nil) {
        self.desired = desired
        self.tags = tags
    }
}
