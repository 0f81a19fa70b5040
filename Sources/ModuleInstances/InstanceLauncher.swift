import CPOSIX
public import Deployment
import Files
public import JSON
public import ModuleIdentities
public import ModuleImages
import ModuleLinks
public import UV

/// Makes instances: picks the kind, brings the image into the store, and says what its environment is.
public final class InstanceLauncher {
    private let loop: Loop
    private let place: HostPlace
    private let images: ImageStore
    private let table = HostTable()
    private var launches = 0

    public init(loop: Loop, place: HostPlace, images: ImageStore) {
        self.loop = loop
        self.place = place
        self.images = images
    }

    /// A new instance, not started yet.
    ///
    /// - Parameter observer: outlives the instance.
    public func make(
        _ module: ModuleSpecification, identity: ModuleIdentity, generationID: Text, observer: any InstanceObserver
    ) throws(InstanceError) -> LaunchableInstance {
        let image = try resolve(module)
        let instance: any ModuleInstance
        switch module.kind {
        case .executable(_, .edge):
            throw InstanceError("protocol edge (Azure IoT Edge's workload API) is not built yet; use stdio or none", isLasting: true)
        case .executable(let arguments, let `protocol`):
            let plan = plan(
                module, identity, generationID,
                ChildCommand.launch, [image.path, module.image.string] + arguments.map { $0.string },
                speaksStdio: `protocol` == .stdio)
            instance = StdioInstance(loop: loop, plan: plan, identity: identity, observer: observer)
        case .library(.process), .functions(.process, _):
            let plan = plan(module, identity, generationID, ChildCommand.instance, [], speaksStdio: true)
            let process = ModuleProcess(loop: loop, plan: plan, observer: observer)
            let request = InstanceRequest(module.kind, path: image.path)
            instance = RemoteInstance(loop: loop, channel: ProcessChannel(process), request: request, observer: observer)
        case .library(.thread), .functions(.thread, _):
            let copy = try copy(image)
            let request = InstanceRequest(module.kind, path: copy.path)
            let channel = ThreadChannel(loop: loop, table: table)
            instance = RemoteInstance(loop: loop, channel: channel, request: request, copy: copy, observer: observer)
        case .library(.loop), .functions(.loop, _):
            let copy = try copy(image)
            instance = InstanceRequest(module.kind, path: copy.path).instance(on: loop, copy: copy, table: table, observer: observer)
        }
        return LaunchableInstance(instance: instance, digest: image.digest)
    }

    /// The digest of a module's image as its file is now; nil: it is missing or of the wrong kind.
    public func digest(of module: ModuleSpecification) -> ImageDigest? {
        images.digest(path: Files.join(place.modulesDirectory, module.image.string), kind: module.imageKind)
    }

    private func resolve(_ module: ModuleSpecification) throws(InstanceError) -> ModuleImage {
        do throws(ImageError) {
            let path = Files.join(place.modulesDirectory, module.image.string)
            return try images.resolve(
                path: path, kind: module.imageKind,
                expected: module.digest.map(ImageDigest.init(bytes:)))
        } catch {
            throw InstanceError(error)
        }
    }

    private func copy(_ image: ModuleImage) throws(InstanceError) -> ImageCopy {
        do throws(ImageError) {
            return try images.copy(of: image)
        } catch {
            throw InstanceError(error)
        }
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
