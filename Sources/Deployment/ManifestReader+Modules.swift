import JSON
import ModuleIdentities

// `$edgeAgent`: the modules.
extension ManifestReader {
    static func modules(_ agent: ManifestObject) -> [ModuleSpecification] {
        agent.refuseUnknown("$edgeAgent", ["schemaVersion", "runtime", "systemModules", "modules", "integrity"])
        for name: Text in ["runtime", "systemModules", "integrity"] {
            if name == "runtime", agent.optional(name)?.value["type"] == "martlet" { continue }
            agent.optional(name)?.note("\(name) is ignored: it is about the containers of IoT Edge")
        }
        let version = SchemaVersion.ofAgent(agent)
        guard let modules = agent.required("modules", "\"modules\": {…}")?.object() else { return [] }
        return modules.members.map { name, entry in
            if let problem = IdentifierRules.problem(inModuleName: name) { entry.error(problem) }
            return module(name, entry, version)
        }
    }

    /// Where something is wrong a stand-in, so that whoever names the module is not told that there is none.
    private static func module(_ name: Text, _ cursor: ManifestCursor, _ version: SchemaVersion?) -> ModuleSpecification {
        let names: [Text] = [
            "type", "version", "status", "restartPolicy", "startupOrder", "imagePullPolicy", "env", "settings", "configuration",
        ]
        var module = ModuleSpecification(name: name, image: "", kind: .library(isolation: .loop))
        guard let object = cursor.object("a module", only: names) else { return module }
        for name: Text in ["imagePullPolicy", "configuration"] {
            object.optional(name)?.note("\(name) is ignored: it is about the containers of IoT Edge")
        }
        let errors = cursor.findings.errors
        let type = object.required("type", "\"type\": \"library\", \"executable\" or \"functions\"").flatMap { moduleType($0, of: name) }
        let settings = object.required("settings", "\"settings\": {\"image\": \"…\"}")?.object()
        if let image = settings?.required("image", "\"image\": \"…\", a file name in the modules folder").flatMap(image) {
            module.image = image
        }
        module.digest = settings?.optional("digest").flatMap(digest)
        module.signature = settings?.optional("signature").flatMap(signature)
        if let type, let settings, let kind = moduleKind(type, settings) {
            module.kind = kind
            module.limits = settings.optional("limits").flatMap { limits($0, of: kind) }
        }
        if cursor.findings.errors != errors { module.image = "" }
        if let version = object.optional("version")?.text() { module.version = version }
        if let status = object.optional("status") {
            if let status: DesiredStatus = status.word() { module.status = status }
        } else {
            cursor.warn("\"status\" is missing, which IoT Edge requires; taken as \"running\"")
        }
        if let policy: RestartPolicy = object.optional("restartPolicy")?.word() { module.restartPolicy = policy }
        if let order = object.optional("startupOrder") {
            if let order = order.integer(0...Int64(UInt32.max)) { module.startupOrder = UInt32(order) }
            if let version, version.minor < 1 { order.warn("startupOrder belongs to schemaVersion 1.1; it is applied all the same") }
        }
        if let environment = object.optional("env") { module.environment = variables(environment) }
        return module
    }

    private static func moduleType(_ cursor: ManifestCursor, of name: Text) -> ModuleType? {
        if cursor.value.string == "docker" {
            cursor.error("module \(name.quoted) is a container, and this runtime has none; use library, executable or functions")
            return nil
        }
        return cursor.word()
    }

    /// A file name, or an absolute path.
    private static func image(_ cursor: ManifestCursor) -> Text? {
        guard let image = cursor.nonEmptyText() else { return nil }
        if image.hasPrefix("/") { return image }
        if image == "." || image == ".." || image.utf8.contains(UInt8(ascii: "/")) {
            cursor.error("\(image.quoted) is not a file name; use the name of a file in the modules folder, or an absolute path")
            return nil
        }
        return image
    }

    /// `sha256:` and 64 hexadecimal digits.
    private static func digest(_ cursor: ManifestCursor) -> [UInt8]? {
        guard let text = cursor.text() else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in text.utf8.dropFirst(text.hasPrefix("sha256:") ? 7 : text.utf8.count) {
            guard let value = hexadecimal(digit) else {
                bytes = []
                break
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        if bytes.count == 32, high == nil { return bytes }
        cursor.error("\(text.quoted) is not a digest; use \"sha256:\" and 64 hexadecimal digits")
        return nil
    }

    /// Base64. What is in it only a key can tell.
    private static func signature(_ cursor: ManifestCursor) -> [UInt8]? {
        guard let text = cursor.nonEmptyText() else { return nil }
        if let bytes = Base64.decode(text) { return bytes }
        cursor.error("\(text.quoted) is not base64; use the output of openssl dgst -sha256 -sign KEY IMAGE | base64 -w0")
        return nil
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// `{"NAME": {"value": "…"}}`; null stands for the empty string.
    private static func variables(_ cursor: ManifestCursor) -> [EnvironmentVariable] {
        guard let object = cursor.object() else { return [] }
        return object.members.compactMap { name, entry in
            if name.isEmpty || name.utf8.contains(UInt8(ascii: "=")) || name.utf8.contains(0) {
                entry.error("\(name.quoted) is not the name of a variable; use a name without = and \\u0000")
                return nil
            }
            guard let member = entry.object("a variable", only: ["value"])?.required("value", "\"value\": \"…\"") else { return nil }
            if member.value.isNull { return EnvironmentVariable(name: name, value: "") }
            return member.text().map { EnvironmentVariable(name: name, value: $0) }
        }
    }
}
