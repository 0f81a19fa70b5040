public import JSON

/// The desired properties that the manifest gives one module.
public struct DesiredSection: Sendable, Equatable {
    public var module: Text
    public var properties: JSONObject

    public init(module: Text, properties: JSONObject) {
        self.module = module
        self.properties = properties
    }
}
