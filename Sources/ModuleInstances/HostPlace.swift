public import JSON

/// Where the host is: its own program, its folders, its names. All paths are absolute.
public struct HostPlace: Sendable {
    /// The running program itself, which children of the host are started through.
    public var program: String
    public var modulesDirectory: String
    public var stateDirectory: String
    public var runtimeDirectory: String
    public var hubHostName: Text
    public var gatewayHostName: Text

    public init(
        program: String, modulesDirectory: String, stateDirectory: String, runtimeDirectory: String, hubHostName: Text,
        gatewayHostName: Text
    ) {
        self.program = program
        self.modulesDirectory = modulesDirectory
        self.stateDirectory = stateDirectory
        self.runtimeDirectory = runtimeDirectory
        self.hubHostName = hubHostName
        self.gatewayHostName = gatewayHostName
    }

    /// The socket on which a module asks for signatures and certificates.
    public func workloadSocket(of module: Text) -> String { "\(runtimeDirectory)/workload/\(module).sock" }

    /// Begins the value of `MARTLET_INSTANCE` in the environment of every process that belongs to this host.
    var marker: Text { Text(stateDirectory) }
}
