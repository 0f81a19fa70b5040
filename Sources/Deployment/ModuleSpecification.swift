public import JSON

/// One module of the manifest.
public struct ModuleSpecification: Sendable, Equatable {
    public var name: Text
    /// Free text; empty where the manifest does not say.
    public var version: Text
    public var status: DesiredStatus
    public var restartPolicy: RestartPolicy
    /// Small starts first. The default is the largest. (IoT Edge)
    public var startupOrder: UInt32
    /// A file name in the modules folder, or an absolute path.
    public var image: Text
    /// The 32 bytes of SHA-256 that the image must have; nil: any.
    public var digest: [UInt8]?
    /// ECDSA P-256 over the image's SHA-256, as DER; nil: none.
    public var signature: [UInt8]?
    public var environment: [EnvironmentVariable]
    /// Only of what runs as a process of its own.
    public var limits: ProcessLimits?
    public var kind: ModuleKind

    public init(
        name: Text, version: Text = "", status: DesiredStatus = .running, restartPolicy: RestartPolicy = .onUnhealthy,
        startupOrder: UInt32 = .max, image: Text, digest: [UInt8]? = nil, signature: [UInt8]? = nil,
        environment: [EnvironmentVariable] = [], limits: ProcessLimits? = nil, kind: ModuleKind
    ) {
        self.name = name
        self.version = version
        self.status = status
        self.restartPolicy = restartPolicy
        self.startupOrder = startupOrder
        self.image = image
        self.digest = digest
        self.signature = signature
        self.environment = environment
        self.limits = limits
        self.kind = kind
    }
}
