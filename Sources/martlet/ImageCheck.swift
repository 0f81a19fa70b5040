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
        var findings = keyFindings
        let modules = JSONPath.root.appending("modulesContent").appending("$edgeAgent").appending("properties.desired").appending("modules")
        for module in deployment.modules where !module.image.isEmpty {
            let path = Files.join(deployment.host.modulesDirectory.string, module.image.string)
            let place = Finding.Place.path(modules.appending(module.name).appending("settings").appending("image"))
            if Files.exists(path) {
                for fault in faults(module, path) { findings.append(Finding(.error, place, fault)) }
            } else {
                findings.append(Finding(.warning, place, "image \(path) is not there yet"))
            }
        }
        return findings
    }

    /// A key that cannot be used is wrong by itself, with or without images.
    private var keyFindings: [Finding] {
        guard let fault = signing.keyFault else { return [] }
        let place = JSONPath.root.appending("host").appending("imageSigning").appending("publicKey")
        return [Finding(.error, .path(place), fault)]
    }

    private func faults(_ module: ModuleSpecification, _ path: String) -> [Text] {
        var faults: [Text] = []
        do throws(ImageError) {
            _ = try ImageFile(path: path, kind: module.kind.type == .executable ? .executable : .library, host: host)
            guard let found = ImageDigest(ofFile: path) else { return ["image \(path) cannot be read"] }
            if let digest = module.digest.map(ImageDigest.init(bytes:)), digest != found {
                faults.append("image \(path) has the digest \(found.text); the manifest asks for \(digest.text)")
            }
            do throws(ImageError) {
                try signing.check(found, signature: module.signature, path: path)
            } catch {
                faults.append(error.reason)
            }
        } catch {
            return [error.reason]
        }
        if let fault = loading(module, path) { faults.append(fault) }
        return faults
    }

    private func loading(_ module: ModuleSpecification, _ path: String) -> Text? {
        guard let request = ImageInspection.request(for: module, path: path) else { return ProgramInterpreter.fault(path) }
        return MissingLibraries.fault(ofLibrary: path) ?? inspect(request).map { "image \(path): \($0)" }
    }

    /// Lets a child load the image; nil: nothing is wrong with it.
    private func inspect(_ request: [UInt8]) -> Text? {
        let child = CapturedChild(file: "/proc/self/exe", arguments: ImageInspection.arguments, input: request)
        switch child.run() {
        case .failure(let error): return "it could not be loaded for a look: \(Text(error.message))"
        case .success(let result):
            if result.isLate { return "loading it took more than \(CapturedChild.patienceMs / 1000) s" }
            guard result.status == .code(0), !result.output.isEmpty else {
                return "loading it ended its process: \(result.status.text)"
            }
            return result.output == ImageInspection.good ? nil : Text(utf8: result.output)
        }
    }
}
