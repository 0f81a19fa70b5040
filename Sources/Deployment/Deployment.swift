public import JSON
public import Messages

/// What a device shall run: the manifest, validated, with all defaults filled in.
public struct Deployment: Sendable, Equatable {
    public var device: DeviceSettings
    public var host: HostSettings
    /// In the order of the manifest; `startupOrder` is not applied.
    public var modules: [ModuleSpecification]
    public var routes: [RouteSpecification]
    /// The desired properties of each module that the manifest speaks of. A module without a section keeps its twin untouched.
    public var desired: [DesiredSection]
    /// Seconds that a message may wait where its route does not say; negative: for ever; nil: the manifest does not say.
    public var timeToLiveSecs: Int32?
    /// Warnings and notes; never errors.
    public var notes: [Finding]

    public init(
        device: DeviceSettings, host: HostSettings, modules: [ModuleSpecification] = [], routes: [RouteSpecification] = [],
        desired: [DesiredSection] = [], timeToLiveSecs: Int32? = nil, notes: [Finding] = []
    ) {
        self.device = device
        self.host = host
        self.modules = modules
        self.routes = routes
        self.desired = desired
        self.timeToLiveSecs = timeToLiveSecs
        self.notes = notes
    }

    /// Where the modules are in `modules`, for work on all of them: looking up each in its turn takes the square of their number.
    public var places: [Text: Int] {
        var places: [Text: Int] = [:]
        places.reserveCapacity(modules.count)
        for (place, module) in modules.enumerated() { places[module.name] = place }
        return places
    }

    /// The module of this name.
    public func module(_ name: Text) -> ModuleSpecification? {
        modules.first { $0.name == name }
    }
}
