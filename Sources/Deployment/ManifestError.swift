/// The manifest cannot be used. Holds everything that was found, warnings and notes too.
public struct ManifestError: Error, Sendable, Equatable {
    /// At least one of them is an error.
    public var findings: [Finding]

    public init(findings: [Finding]) {
        self.findings = findings
    }
}
