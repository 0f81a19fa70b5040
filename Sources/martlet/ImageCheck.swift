import Deployment
import Files
import JSON
import ModuleImages
import ModuleInstances
import UV

/// Looks into the images of a deployment, without starting anything: machine, entry, ABI version, symbols of functions, missing
/// shared libraries. An image that is not there is a warning: the manifest may be written on another machine.
struct ImageCheck {
    private let deployment: Deployment
    private let host = ELFHeader.of(path: "/proc/self/exe")

    init(_ deployment: Deployment) {
        self.deployment = deployment
    }

    func findings() -> [Finding] {
        deployment.modules.compactMap { module in
            let path = Files.join(deployment.host.modulesDirectory.string, module.image.string)
            let place = Finding.Place.path(
                JSONPath.root.appending("modulesContent").appending("$edgeAgent").appending("properties.desired").appending("modules")
                    .appending(module.name).appending("settings").appending("image"))
            guard Files.exists(path) else { return Finding(.warning, place, "image \(path) is not there yet") }
            return fault(module, path).map { Finding(.error, place, $0) }
        }
    }

    private func fault(_ module: ModuleSpecification, _ path: String) -> Text? {
        do throws(ImageError) {
            _ = try ImageFile(path: path, kind: module.kind.type == .executable ? .executable : .library, host: host)
            if let digest = module.digest.map(ImageDigest.init(bytes:)), let found = ImageDigest(ofFile: path), digest != found {
                return "image \(path) has the digest \(found.text); the manifest asks for \(digest.text)"
            }
        } catch {
            return error.reason
        }
        if let request = ImageInspection.request(for: module, path: path) { return inspect(request).map { "image \(path): \($0)" } }
        return ProgramInterpreter.fault(path)
    }

    /// Lets a child load the image; nil: nothing is wrong with it.
    private func inspect(_ request: [UInt8]) -> Text? {
        let child = CapturedChild(file: "/proc/self/exe", arguments: ImageInspection.arguments, input: request)
        switch child.run() {
        case .success(let result) where result.status == .code(0): return nil
        case .success(let result) where result.status == .code(1): return Text(utf8: result.output)
        case .success(let result): return "loading it ended its process: \(result.status.text)"
        case .failure(let error): return "it could not be loaded for a look: \(Text(error.message))"
        }
    }
}
