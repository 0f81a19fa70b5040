public import FFI
public import JSON

/// How a plain C library is bound: what its functions take and return, and when they are called. Nothing in it can fail later for
/// reasons that the manifest itself shows: arguments fit their functions, and libffi can make each call.
///
/// It comes from a manifest's settings alone; `settings` and `reading` carry it to another process.
public struct LibraryBinding: Sendable, Equatable {
    /// A function that is called again and again; each result goes to an output.
    public struct Poll: Sendable, Equatable {
        /// The name of a function of the same binding.
        public let function: Text
        public let arguments: [JSON]
        /// Milliseconds from call to call, at least 1.
        public let everyMs: UInt32
        public let output: Text
    }

    /// A call at start or at stop.
    public struct Step: Sendable, Equatable {
        /// The name of a function of the same binding.
        public let function: Text
        public let arguments: [JSON]
        /// What it must return; nil: anything.
        public let expect: JSON?
    }

    /// A C function of the host's that the library calls; each call's arguments go to an output.
    public struct Callback: Sendable, Equatable {
        public let name: Text
        /// The symbol of the function that is given the callback: `subscribe(callback, user)`.
        public let subscribe: Text
        /// Takes the same and ends it; nil: nothing does, and the library stays in memory.
        public let unsubscribe: Text?
        /// What `subscribe` must return; nil: anything.
        public let expect: Int32?
        public let parameters: [CParameter]
        public let returns: CType
        public let output: Text
    }

    public var functions: [FunctionSpecification] = []
    public var callbacks: [Callback] = []
    public var polls: [Poll] = []
    /// In order, before the module is ready.
    public var initial: [Step] = []
    /// In order, when it stops.
    public var final: [Step] = []
    /// The members of the manifest's settings that say all this.
    public private(set) var settings: JSONObject

    static let members: [Text] = ["functions", "callbacks", "polls", "initial", "final"]

    init(settings: JSONObject) {
        self.settings = JSONObject(members: settings.members.filter { LibraryBinding.members.contains($0.key) })
    }

    /// What `settings` of another binding says, or whatever a manifest's settings say, without what is not about binding.
    public static func reading(_ settings: JSONObject) -> Result<LibraryBinding, ManifestError> {
        let findings = Findings()
        let object = ManifestObject(settings, path: JSONPath.root.appending("settings"), findings: findings)
        object.refuseUnknown("a binding", members)
        guard let binding = ManifestReader.binding(object), !findings.hasErrors else {
            return .failure(ManifestError(findings: findings.all))
        }
        return .success(binding)
    }
}
