public import JSON

extension JSONObject {
    /// This object with a patch applied: object into object merges, null deletes, everything else replaces; arrays are replaced
    /// whole. Null deletes only where there is an object to merge with: a subtree that is new is taken as it is.
    public func merged(with patch: JSONObject) -> JSONObject {
        var result = self
        for member in patch {
            switch (result[member.key], member.value) {
            case (_, .null): result[member.key] = nil
            case (.object(let old)?, .object(let new)): result[member.key] = .object(old.merged(with: new))
            default: result[member.key] = member.value
            }
        }
        return result
    }

    /// The smallest patch that makes `new` out of `old`: what is gone is null, in nested objects too.
    /// `old.merged(with: .difference(from: old, to: new)) == new` unless `new` holds a null.
    public static func difference(from old: JSONObject, to new: JSONObject) -> JSONObject {
        var patch = JSONObject()
        for member in new {
            switch (old[member.key], member.value) {
            case (.object(let before)?, .object(let after)):
                let inner = difference(from: before, to: after)
                if !inner.isEmpty { patch[member.key] = .object(inner) }
            case (let before?, let after) where before == after: break
            default: patch[member.key] = member.value
            }
        }
        for member in old where new[member.key] == nil {
            patch[member.key] = .null
        }
        return patch
    }
}
