/// The manifest cannot be used. Holds everything that was found, warnings and notes too.
public struct ManifestError: Error, Sendable, Equatable {
    /// At least one of them is an error.
    public var findings: [Finding]
    /// What is right in it nevertheless, for who looks for more faults; nil: too little is. A module in whose type or settings something
    /// is wrong has no image here.
    public var deployment: Deployment? { readable.first }
    /// One or none: an array is a pointer, and every copy of this error has one instead of a whole deployment.
    private let readable: [Deployment]

    public init(findings: [Finding], deployment: Deployment? = nil) {
        self.findings = findings
        readable = deployment.map { [$0] } ?? []
    }
}
