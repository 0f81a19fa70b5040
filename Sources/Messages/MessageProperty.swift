public import JSON

/// One application or system property.
public struct MessageProperty: Sendable, Equatable {
    public let name: Text
    public let value: Text

    public init(name: Text, value: Text) {
        self.name = name
        self.value = value
    }
}
