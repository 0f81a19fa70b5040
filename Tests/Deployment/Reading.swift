import Deployment
import JSON
import Testing

/// Reads a manifest that lies in `/etc/martlet`, with these files by their paths.
func read(
    _ text: String, overrides: DirectoryOverrides = DirectoryOverrides(), files: [String: String] = [:]
) -> Result<Deployment, ManifestError> {
    let readFile: ManifestReader.FileReader = { path, _ in
        files[path.string].map { .success(Array($0.utf8)) } ?? .failure(UnreadableFile("open \(path): No such file or directory"))
    }
    return ManifestReader.read(Array(text.utf8), folder: "/etc/martlet", overrides: overrides, readFile: readFile)
}

/// All that is found, as people see it, with `error`, `warning` or `note` before it.
func findings(_ text: String, files: [String: String] = [:]) -> [String] {
    let all: [Finding]
    switch read(text, files: files) {
    case .success(let deployment): all = deployment.notes
    case .failure(let error): all = error.findings
    }
    return all.map { "\($0.severity) \($0.description)" }
}

/// A manifest of one module `m`, given by its members after `"type"`.
func manifest(type: String = "library", module members: String = #""status": "running", "settings": {"image": "m.so"}"#) -> String {
    manifest(agent: #""schemaVersion": "1.1", "modules": {"m": {"type": "\#(type)", \#(members)}}"#)
}

/// A manifest of parts; each has a good default.
func manifest(
    device: String = #""id": "d""#, host: String = "",
    agent: String = #""schemaVersion": "1.1", "modules": {"m": {"type": "library", "status": "running", "settings": {"image": "m.so"}}}"#,
    hub: String = #""schemaVersion": "1.1", "routes": {}, "storeAndForwardConfiguration": {"timeToLiveSecs": 7200}"#, more: String = ""
) -> String {
    #"{"device": {\#(device)}, "host": {\#(host)}, "modulesContent": {"$edgeAgent": {"properties.desired": {\#(agent)}}, "$edgeHub": {"properties.desired": {\#(hub)}}\#(more)}}"#
}

/// Places in messages.
let agentPath = #"modulesContent.$edgeAgent["properties.desired"]"#
let modulePath = agentPath + ".modules.m"
let hubPath = #"modulesContent.$edgeHub["properties.desired"]"#
