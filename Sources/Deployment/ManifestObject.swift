import JSON

/// An object of the manifest with its place.
final class ManifestObject {
    private let object: JSONObject
    let path: JSONPath
    let findings: Findings

    init(_ object: JSONObject, path: JSONPath, findings: Findings) {
        self.object = object
        self.path = path
        self.findings = findings
    }

    var json: JSONObject { object }

    var isEmpty: Bool { object.isEmpty }

    /// All members, in the order of the text.
    var members: [(name: Text, value: ManifestCursor)] {
        object.members.map { ($0.key, cursor($0.key, $0.value)) }
    }

    /// A member that may be missing.
    func optional(_ name: Text) -> ManifestCursor? {
        object[name].map { cursor(name, $0) }
    }

    /// A member that must be there; says so if it is not. `hint` shows what to write.
    func required(_ name: Text, _ hint: Text) -> ManifestCursor? {
        if let member = optional(name) { return member }
        findings.add(.error, path, "\(name.quoted) is missing; write \(hint)")
        return nil
    }

    /// Says of each member that is none of `names` that it is not known; those in `except` have a message of their own.
    func refuseUnknown(_ noun: Text, _ names: [Text], except: [Text] = []) {
        for member in object where !names.contains(member.key) && !except.contains(member.key) {
            let advice: Text =
                Spelling.nearest(to: member.key, of: names).map { "did you mean \($0.quoted)?" } ?? "use \(names.listed(last: "or"))"
            findings.add(.error, path.appending(member.key), "\(member.key.quoted) is not known in \(noun); \(advice)")
        }
    }

    private func cursor(_ name: Text, _ value: JSON) -> ManifestCursor {
        ManifestCursor(value: value, path: path.appending(name), findings: findings)
    }
}
