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
    private var launches = 0

    public init(loop: Loop, place: HostPlace) {
        self.loop = loop
        self.place = place
    }

    /// The image that a module wants: that of its file.
    public func order(_ module: ModuleSpecification) -> ImageOrder {
        let isLoadedHere: Bool =
            switch module.kind {
            case .library(let isolation), .functions(let isolation, _): isolation != .process
            case .executable: false
            }
        return ImageOrder(
            .file(Files.join(place.modulesDirectory, module.image.string)), kind: module.imageKind,
            expected: module.digest.map(ImageDigest.init(bytes:)), signature: module.signature, isLoadedHere: isLoadedHere)
    }

    /// A new instance, not started yet.
    ///
    /// - Parameters:
    ///   - copy: of what `order` said, prepared by the store.
    ///   - observer: outlives the instance.
    public func make(
        _ module: ModuleSpecification, copy: ImageCopy, identity: ModuleIdentity, generationID: Text, observer: any InstanceObserver
    ) throws(InstanceError) -> any ModuleInstance {
        let instance: any ModuleInstance
        switch module.kind {
        case .executable(_, .edge):
            throw InstanceError("protocol edge (Azure IoT Edge's workload API) is not built yet; use stdio or none", isLasting: true)
        case .executable(let arguments, let `protocol`):
            let plan = plan(
                module, identity, generationID,
                ChildCommand.launch, [copy.path, module.image.string] + arguments.map { $0.string },
                speaksStdio: `protocol` == .stdio)
            instance = StdioInstance(loop: loop, plan: plan, identity: identity, observer: observer)
        case .library(.process), .functions(.process, _):
            let plan = plan(module, identity, generationID, ChildCommand.instance, [], speaksStdio: true)
            let process = ModuleProcess(loop: loop, plan: plan, observer: observer)
            let request = InstanceRequest(module.kind, path: copy.path)
            instance = RemoteInstance(loop: loop, channel: ProcessChannel(process), request: request, observer: observer)
        case .library(.thread), .functions(.thread, _):
            let request = InstanceRequest(module.kind, path: copy.path)
            let channel = ThreadChannel(loop: loop, table: table)
            instance = RemoteInstance(loop: loop, channel: channel, request: request, copy: copy, observer: observer)
        case .library(.loop), .functions(.loop, _):
            instance = InstanceRequest(module.kind, path: copy.path).instance(on: loop, copy: copy, table: table, observer: observer)
        }
        return instance
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
