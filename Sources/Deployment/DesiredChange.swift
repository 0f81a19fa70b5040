public import JSON

extension JSONObject {
    /// The patch that makes `old` into `new`: what was removed becomes null, nested too; objects that are in both are compared
    /// member by member; any other value that differs is replaced whole, arrays too. Empty where they are equal.
    ///
    /// The manifest's desired properties are applied this way: what the manifest says now against what it said before, so a patch
    /// that an operator or the cloud made meanwhile survives. A value under a new object is taken as it is.
    public static func difference(from old: JSONObject, to new: JSONObject) -> JSONObject {
        var patch = JSONObject()
        for member in new {
            switch (old[member.key], member.value) {
            case (.object(let before)?, .object(let after)):
                let nested = difference(from: before, to: after)
                if !nested.isEmpty { patch[member.key] = .object(nested) }
            case (let before, let after):
                if before != after { patch[member.key] = after }
            }
        }
        for member in old where new[member.key] == nil && member.value != .null { patch[member.key] = .null }
        return patch
    }
}
