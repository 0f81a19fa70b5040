/// The ports the host opens. nil: not opened.
public struct ListenSettings: Sendable, Equatable {
    public var mqtts: ListenAddress?
    public var https: ListenAddress?
    public var metrics: ListenAddress?

    public init(mqtts: ListenAddress? = nil, https: ListenAddress? = nil, metrics: ListenAddress? = nil) {
        self.mqtts = mqtts
        self.https = https
        self.metrics = metrics
    }
}
