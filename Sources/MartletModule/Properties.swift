import CMartlet
import CPOSIX

/// The application or system properties of a message, in their order.
public struct Properties: Sendable, ExpressibleByDictionaryLiteral {
    public private(set) var pairs: [(name: Name, value: String)]

    public init(dictionaryLiteral pairs: (String, String)...) {
        self.pairs = []
        for (name, value) in pairs { self.pairs.append((Name(name), value)) }
    }

    /// The system properties of a JSON body: without them conditions of routes do not look into the body.
    public static var json: Properties { ["contentType": "application/json", "contentEncoding": "utf-8"] }

    /// Adds, replaces or (nil) removes.
    public subscript(name: Name) -> String? {
        get {
            for pair in pairs where pair.name == name { return pair.value }
            return nil
        }
        set {
            pairs.removeAll { $0.name == name }
            if let newValue { pairs.append((name, newValue)) }
        }
    }

    /// A copy of what the host gave.
    init(_ first: UnsafePointer<martlet_property>?, count: Int) {
        pairs = []
        guard let first else { return }
        for index in 0..<count {
            guard let name = first[index].name, let value = first[index].value else { continue }
            pairs.append((Properties.name(name), String(cString: value)))
        }
    }

    /// What comes with every message takes no memory for its name.
    private static func name(_ bytes: UnsafePointer<CChar>) -> Name {
        if strcmp(bytes, "connectionDeviceId") == 0 { return "connectionDeviceId" }
        if strcmp(bytes, "connectionModuleId") == 0 { return "connectionModuleId" }
        return Name(String(cString: bytes))
    }
}
