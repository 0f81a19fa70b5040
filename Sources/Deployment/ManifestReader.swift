public import JSON
import Messages
import ModuleIdentities

/// Reads manifests: one JSON text to one validated `Deployment`, or everything that is wrong with it at once.
public enum ManifestReader {
    /// Bytes of a manifest. The cloud ends at 32 KB for each twin; this bounds memory.
    public static let maximumBytes = 4_194_304

    /// Reads a file that a manifest names: by its absolute path, and no more than so many bytes.
    public typealias FileReader = (_ path: Text, _ limit: Int) -> Result<[UInt8], UnreadableFile>

    /// The error holds warnings and notes too; those of a manifest that can be used are its `notes`.
    /// - Parameters:
    ///   - folder: the manifest's own, absolute: relative paths count from there.
    ///   - readFile: what a manifest says in a file of its own belongs to it.
    ///   - checkDesired: says what is wrong with the desired properties of a module.
    public static func read(
        _ bytes: [UInt8], folder: Text, overrides: DirectoryOverrides = DirectoryOverrides(), readFile: FileReader,
        checkDesired: (DesiredSection) -> [Text] = { _ in [] }
    ) -> Result<Deployment, ManifestError> {
        guard bytes.count <= maximumBytes else {
            return failure(.path(.root), "the manifest has \(bytes.count) bytes; at most \(maximumBytes) are read")
        }
        let value: JSON
        do throws(JSONError) {
            value = try JSON.parse(bytes, memory: .max)
        } catch {
            return failure(.position(line: error.line, column: error.column), Text(error.reason))
        }
        let findings = Findings()
        let root = ManifestCursor(value: value, path: .root, findings: findings)
        let deployment = read(root, folder: folder, overrides: overrides, readFile, checkDesired)
        guard var deployment, !findings.hasErrors else {
            return .failure(ManifestError(findings: findings.all, deployment: deployment))
        }
        deployment.notes = findings.all
        return .success(deployment)
    }

    private static func failure(_ place: Finding.Place, _ message: Text) -> Result<Deployment, ManifestError> {
        .failure(ManifestError(findings: [Finding(.error, place, message)]))
    }

    private static func read(
        _ root: ManifestCursor, folder: Text, overrides: DirectoryOverrides, _ readFile: FileReader,
        _ checkDesired: (DesiredSection) -> [Text]
    ) -> Deployment? {
        guard let object = root.object("a manifest", only: ["device", "host", "modulesContent", "content"]) else { return nil }
        let device = object.required("device", "\"device\": {\"id\": \"…\"}").flatMap { deviceSettings($0, folder: folder, readFile) }
        let errors = root.findings.errors
        let host = hostSettings(object.optional("host"), folder: folder, overrides: overrides)
        let isHostRight = root.findings.errors == errors
        var deployment = Deployment(device: device ?? DeviceSettings(id: ""), host: host)
        guard let content = modulesContent(object) else { return nil }
        readModulesContent(content, into: &deployment, checkDesired)
        checkPorts(of: deployment, root)
        // Folders and keys that are not the manifest's own would make faults of their own.
        return isHostRight ? deployment : nil
    }

    /// `{"modulesContent": …}` or, as Azure's command line takes it too, `{"content": {"modulesContent": …}}`.
    private static func modulesContent(_ root: ManifestObject) -> ManifestObject? {
        let hint: Text = "\"modulesContent\": {\"$edgeAgent\": …, \"$edgeHub\": …}"
        guard let wrapper = root.optional("content") else { return root.required("modulesContent", hint)?.object() }
        if root.optional("modulesContent") != nil {
            wrapper.error("modulesContent stands beside content; keep one of them")
            return nil
        }
        return wrapper.object("content", only: ["modulesContent"])?.required("modulesContent", hint)?.object()
    }

    private static func readModulesContent(
        _ content: ManifestObject, into deployment: inout Deployment, _ checkDesired: (DesiredSection) -> [Text]
    ) {
        let schema: Text = "{\"properties.desired\": {\"schemaVersion\": \"1.1\", …}}"
        if let agent = content.required("$edgeAgent", "\"$edgeAgent\": \(schema)").flatMap(desired) {
            deployment.modules = modules(agent)
        }
        if let entry = content.optional("$edgeHub") {
            if let hub = desired(entry) { readHub(hub, into: &deployment) }
        } else {
            content.findings.add(.warning, content.path, "\"$edgeHub\" is missing, so there are no routes; write \"$edgeHub\": \(schema)")
        }
        for (name, entry) in content.members where name != "$edgeAgent" && name != "$edgeHub" {
            if let problem = IdentifierRules.problem(inModuleName: name) {
                entry.error(problem)
                continue
            }
            guard let section = desired(entry) else { continue }
            if deployment.module(name) == nil {
                entry.warn("there is no module \(name.quoted) in $edgeAgent; its desired properties are kept in its twin")
            }
            let desired = DesiredSection(module: name, properties: section.json)
            for fault in checkDesired(desired) { section.findings.add(.error, section.path, fault) }
            deployment.desired.append(desired)
        }
    }

    /// The object under `properties.desired` of an entry of modulesContent.
    private static func desired(_ entry: ManifestCursor) -> ManifestObject? {
        guard let object = entry.object() else { return nil }
        for (name, member) in object.members where name != "properties.desired" {
            if name.hasPrefix("properties.desired.") {
                member.error(
                    "\(name.quoted) is the form of a layered deployment, which the cloud merges; write the whole \"properties.desired\"")
            } else {
                member.error("\(name.quoted) is not known here; use \"properties.desired\"")
            }
        }
        return object.required("properties.desired", "\"properties.desired\": {…}")?.object()
    }
}
