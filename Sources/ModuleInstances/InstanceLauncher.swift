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
        case .library(.loop):
            instance = LibraryInstance(loop: loop, copy: try copy(image), table: table, observer: observer)
        case .functions(.loop, let functions, let polls):
            instance = FunctionsInstance(loop: loop, copy: try copy(image), functions: functions, polls: polls, observer: observer)
        case .functions(.process, let functions, let polls):
            let plan = functionsPlan(module, identity, generationID, image: image, functions, polls)
            instance = StdioInstance(loop: loop, plan: plan, identity: identity, observer: observer)
        case .executable(let arguments, let `protocol`) where `protocol` != .edge:
            let plan = programPlan(module, identity, generationID, image: image, arguments, speaksStdio: `protocol` == .stdio)
            instance = StdioInstance(loop: loop, plan: plan, identity: identity, observer: observer)
        case .executable:
            throw InstanceError("protocol edge (Azure IoT Edge's workload API) is not built yet; use stdio or none", isLasting: true)
        case .library(let isolation), .functions(let isolation, _, _):
            throw InstanceError("isolation \(isolation.word) is not built yet for type \(module.kind.type.word); use loop", isLasting: true)
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

    private func programPlan(
        _ module: ModuleSpecification, _ identity: ModuleIdentity, _ generationID: Text, image: ModuleImage, _ arguments: [Text],
        speaksStdio: Bool
    ) -> ProcessPlan {
        plan(
            module, identity, generationID,
            ["martlet", ChildCommand.launch, getpid().description, image.path, module.image.string] + arguments.map { $0.string },
            speaksStdio: speaksStdio)
    }

    private func functionsPlan(
        _ module: ModuleSpecification, _ identity: ModuleIdentity, _ generationID: Text, image: ModuleImage,
        _ functions: [FunctionSpecification], _ polls: [PollSpecification]
    ) -> ProcessPlan {
        plan(
            module, identity, generationID, ["martlet", ChildCommand.functions, getpid().description], speaksStdio: true,
            preamble: FunctionsLine.bytes(image: image.path, functions, polls))
    }

    private func plan(
        _ module: ModuleSpecification, _ identity: ModuleIdentity, _ generationID: Text, _ arguments: [String], speaksStdio: Bool,
        preamble: [UInt8] = []
    ) -> ProcessPlan {
        launches += 1
        // With a colon at its end: launch 1 is not the beginning of launch 10.
        let marker: Text = "\(place.marker):\(module.name):\(launches):"
        return ProcessPlan(
            file: place.program, arguments: arguments,
            environment: ModuleEnvironment.variables(
                module, identity: identity, generationID: generationID, place: place, marker: marker),
            marker: marker.string, workingDirectory: place.modulesDirectory, speaksStdio: speaksStdio, preamble: preamble)
    }
}

extension ModuleSpecification {
    fileprivate var imageKind: ImageFile.Kind { kind.type == .executable ? .executable : .library }
}
