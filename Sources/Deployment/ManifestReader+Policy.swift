import JSON
import ModuleIdentities

// `host.sharedAccessPolicy`. Its key is a secret: messages show nothing of it.
extension ManifestReader {
    static func sharedAccessPolicy(_ cursor: ManifestCursor) -> SharedAccessPolicy? {
        guard let object = cursor.object("sharedAccessPolicy", only: ["name", "key"]) else { return nil }
        var name = SharedAccessPolicy.standardName
        if let member = object.optional("name") {
            guard let text = member.text(nameProblem) else { return nil }
            name = text
        }
        guard let member = object.required("key", "\"key\": \"<base64>\", made for example by openssl rand -base64 32") else { return nil }
        let lengths = SymmetricKeys.lengths
        guard let text = member.value.string, let key = Base64.decode(text), lengths.contains(key.count) else {
            member.error("the key is not base64 (RFC 4648, with padding) of \(lengths.lowerBound) to \(lengths.upperBound) bytes")
            return nil
        }
        return SharedAccessPolicy(name: name, key: key)
    }

    /// What stands in tokens and in connection strings without being encoded.
    private static func nameProblem(_ name: Text) -> Text? {
        let isGood = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        if isGood, !name.isEmpty, name.utf8.count <= SharedAccessPolicy.longestName { return nil }
        return "\(name.quoted) is not the name of a policy; use 1 to \(SharedAccessPolicy.longestName) letters, digits, - and _"
    }
}
