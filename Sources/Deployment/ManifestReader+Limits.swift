import JSON

// `settings.limits` of a module.
extension ManifestReader {
    /// - Parameter kind: only what runs as a process of its own can be limited.
    static func limits(_ cursor: ManifestCursor, of kind: ModuleKind) -> ProcessLimits? {
        switch kind {
        case .library(let isolation), .functions(let isolation, _):
            guard isolation == .process else {
                let advice: Text = "use \"isolation\": \"process\", or remove limits"
                cursor.error("limits are those of a process, and isolation \(isolation.word) has none; \(advice)")
                return nil
            }
        case .executable: break
        }
        guard let object = cursor.object("the limits of a process", only: ["memory", "files", "cpuSeconds"]) else { return nil }
        func limit(_ name: Text, _ range: ClosedRange<Int64>) -> UInt64? {
            object.optional(name)?.integer(range).map { UInt64($0) }
        }
        // With less none of the host's children comes to run the module at all.
        return ProcessLimits(
            memory: limit("memory", 1 << 20...1 << 40), files: limit("files", 16...1 << 20), cpuSeconds: limit("cpuSeconds", 1...1 << 31))
    }
}
