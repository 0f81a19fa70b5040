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
    private let signing: SigningRule

    init(_ deployment: Deployment) {
        self.deployment = deployment
        signing = SigningRule(deployment.host.imageSigning)
    }

    func findings() -> [Finding] {
        keyFindings
            + deployment.modules.compactMap { module in
                let path = Files.join(deployment.host.modulesDirectory.string, module.image.string)
                let place = Finding.Place.path(
                    JSONPath.root.appending("modulesContent").appending("$edgeAgent").appending("properties.desired").appending("modules")
                        .appending(module.name).appending("settings").appending("image"))
                guard Files.exists(path) else { return Finding(.warning, place, "image \(path) is not there yet") }
                return fault(module, path).map { Finding(.error, place, $0) }
            }
    }

    /// A key that cannot be used is wrong by itself, with or without images.
    private var keyFindings: [Finding] {
        guard let fault = signing.keyFault else { return [] }
        let place = JSONPath.root.appending("host").appending("imageSigning").appending("publicKey")
        return [
            Finding(
                .error, .path(place),
                "\(fault); make one with openssl ecparam -name prime256v1 -genkey, and its public part with openssl ec -pubout")
        ]
    }

    private func fault(_ module: ModuleSpecification, _ path: String) -> Text? {
        do throws(ImageError) {
            _ = try ImageFile(path: path, kind: module.kind.type == .executable ? .executable : .library, host: host)
            guard let found = ImageDigest(ofFile: path) else { return "image \(path) cannot be read" }
            if let digest = module.digest.map(ImageDigest.init(bytes:)), digest != found {
                return "image \(path) has the digest \(found.text); the manifest asks for \(digest.text)"
            }
            try signing.check(found, signature: module.signature, path: path)
        } catch {
            return error.reason
        }
        if module.kind.type != .executable, let missing = MissingLibraries.fault(ofLibrary: path) { return missing }
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
