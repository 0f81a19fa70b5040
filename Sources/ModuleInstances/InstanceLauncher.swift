import CPOSIX
public import Deployment
import Files
public import JSON
public import ModuleIdentities
public import ModuleImages
import ModuleLinks
public import UV

/// Makes instances: picks the kind, and says what image and what environment it wants.
public final class InstanceLauncher {
    private let loop: Loop
    private let place: HostPlace
    private let table = HostTable()
    /// nil: nothing is known of what modules do in this process.
    public let containment: Containment?
    /// nil: executables get no workload socket. Outlives this.
    public unowned(unsafe) var workload: (any WorkloadHost)?
    private var launches = 0

    public init(loop: Loop, place: HostPlace, containment: Containment? = nil) {
        self.containment = containment
        self.loop = loop
        self.place = place
    }

    /// The image that a module wants: that of its file.
    public func order(_ module: ModuleSpecification) -> ImageOrder {
        return ImageOrder(
            .file(Files.join(place.modulesDirectory, module.image.string)), kind: module.imageKind,
            expected: module.digest.map(ImageDigest.init(bytes:)), signature: module.signature,
            isLoadedHere: module.kind.isolation.map { $0 != .process } ?? false)
    }

    /// A new instance, not started yet.
    ///
    /// - Parameters:
    ///   - inProcess: whatever its isolation.
    ///   - copy: of what `order` said, prepared by the store.
    ///   - observer: outlives the instance.
    public func make(
        _ module: ModuleSpecification, inProcess: Bool = false, copy: ImageCopy, identity: ModuleIdentity, generationID: Text,
        observer: any InstanceObserver
    ) throws(InstanceError) -> any ModuleInstance {
        if case .executable(let arguments, let `protocol`) = module.kind {
            let plan = plan(
                module, identity, generationID,
                ChildCommand.launch, [copy.path, module.image.string] + arguments.map { $0.string },
                speaksStdio: `protocol` == .stdio)
            let workload = workload.map {
                WorkloadDoor(
                    host: $0, path: place.workloadSocket(of: module.name), generationID: generationID, isNeeded: `protocol` == .edge)
            }
            return StdioInstance(
                loop: loop, plan: plan, identity: identity, connectsItself: `protocol` == .edge, workload: workload, observer: observer)
        }
        let isolation = inProcess ? .process : module.kind.isolation
        let request = InstanceRequest(module.kind, path: copy.path, watchdog: isolation == .process ? containment?.settings : nil)
        switch isolation {
        case .process:
            let plan = plan(module, identity, generationID, ChildCommand.instance, [], speaksStdio: true)
            let process = ModuleProcess(loop: loop, plan: plan, observer: observer)
            return RemoteInstance(loop: loop, channel: ProcessChannel(process), request: request, observer: observer)
        case .thread:
            let channel = ThreadChannel(loop: loop, table: table, module: contained(module, copy))
            return RemoteInstance(loop: loop, channel: channel, request: request, copy: copy, observer: observer)
        case .loop, nil:
            return request.instance(
                on: loop, copy: copy, table: table, marks: contained(module, copy)?.calls(loop), observer: observer)
        }
    }

    private func contained(_ module: ModuleSpecification, _ copy: ImageCopy) -> ContainedModule? {
        guard let containment, let digest = copy.digest else { return nil }
        return ContainedModule(
            containment: containment, name: module.name, file: Text(Files.name(module.image.string)), digest: digest.text)
    }

    private func plan(
        _ module: ModuleSpecification, _ identity: ModuleIdentity, _ generationID: Text, _ command: String, _ arguments: [String],
        speaksStdio: Bool
    ) -> ProcessPlan {
        launches += 1
        // With a colon at its end: launch 1 is not the beginning of launch 10.
        let marker: Text = "\(place.marker):\(module.name):\(launches):"
        return ProcessPlan(
            file: place.program, arguments: ["martlet", command, getpid().description, ChildLimits(module.limits).argument] + arguments,
            environment: ModuleEnvironment.variables(
                module, identity: identity, generationID: generationID, place: place, marker: marker),
            marker: marker.string, workingDirectory: place.modulesDirectory, speaksStdio: speaksStdio)
    }
}

extension ModuleSpecification {
    fileprivate var imageKind: ImageFile.Kind { kind.type == .executable ? .executable : .library }
}
