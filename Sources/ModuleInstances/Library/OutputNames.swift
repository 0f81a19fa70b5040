import CPOSIX
import JSON
import ModuleIdentities

/// The names of outputs that a module has sent to: each is made a text, and checked, once. From then on it is known by its bytes.
struct OutputNames: ~Copyable {
    /// Outputs are few. A module that uses more pays for the check again and again.
    private static let limit = 16

    private var known: [(bytes: UnsafeMutablePointer<CChar>, text: Text)] = []
    private var oldest = 0

    deinit {
        for name in known { free(name.bytes) }
    }

    /// - Returns: the name, and whether it is one for an output.
    mutating func find(_ name: UnsafePointer<CChar>) -> (text: Text, isValid: Bool) {
        for index in 0..<known.count where strcmp(known[index].bytes, name) == 0 { return (known[index].text, true) }
        let text = Text(String(cString: name))
        guard IdentifierRules.problem(inEndpointName: text) == nil else { return (text, false) }
        if let bytes = strdup(name) { remember(bytes, text) }
        return (text, true)
    }

    private mutating func remember(_ bytes: UnsafeMutablePointer<CChar>, _ text: Text) {
        if known.count < Self.limit { return known.append((bytes: bytes, text: text)) }
        free(known[oldest].bytes)
        known[oldest] = (bytes: bytes, text: text)
        oldest = (oldest + 1) % Self.limit
    }
}
