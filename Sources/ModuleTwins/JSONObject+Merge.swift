public import JSON

extension JSONObject {
    /// This object with a patch applied: object into object merges, null deletes, everything else replaces; arrays are replaced
    /// whole. Null deletes only where there is an object to merge with: a subtree that is new is taken as it is.
    public func merged(with patch: JSONObject) -> JSONObject {
        let index = Index(self)
        var result = members.map { Optional($0) }
        for member in patch {
            guard let place = index.place(of: member.key) else {
                if !member.value.isNull { result.append(member) }
                continue
            }
            switch (members[place].value, member.value) {
            case (_, .null): result[place] = nil
            case (.object(let old), .object(let new)): result[place]?.value = .object(old.merged(with: new))
            default: result[place]?.value = member.value
            }
        }
        return JSONObject(members: result.compactMap { $0 })
    }

    /// The smallest patch that makes `new` out of `old`: what is gone is null, in nested objects too.
    /// `old.merged(with: .difference(from: old, to: new)) == new` unless `new` holds a null.
    ///
    /// - Parameter current: what the patch is for, where others change it too: of an object that is gone, what they have put in stays.
    public static func difference(from old: JSONObject, to new: JSONObject, on current: JSONObject = JSONObject()) -> JSONObject {
        let (before, after, present) = (Index(old), Index(new), Index(current))
        var patch: [Member] = []
        for member in new {
            switch (before[member.key], member.value) {
            case (.object(let before)?, .object(let after)):
                let inner = difference(from: before, to: after, on: present[member.key]?.object ?? JSONObject())
                if !inner.isEmpty { patch.append(Member(key: member.key, value: .object(inner))) }
            case (let before?, let after) where before == after: break
            default: patch.append(member)
            }
        }
        for member in old where after.place(of: member.key) == nil {
            patch.append(Member(key: member.key, value: withdrawal(of: member.value, from: present[member.key])))
        }
        return JSONObject(members: patch)
    }

    /// What takes `old` away and leaves what else is in `current`.
    private static func withdrawal(of old: JSON, from current: JSON?) -> JSON {
        guard case .object(let old) = old, case .object(let current)? = current, current.holdsMore(than: old) else { return .null }
        let present = Index(current)
        return .object(
            JSONObject(members: old.members.map { Member(key: $0.key, value: withdrawal(of: $0.value, from: present[$0.key])) }))
    }

    /// Whether there is a member that the other does not have, at any depth.
    private func holdsMore(than other: JSONObject) -> Bool {
        let known = Index(other)
        return members.contains { member in
            switch (member.value, known[member.key]) {
            case (_, nil): true
            case (.object(let own), .object(let others)?): own.holdsMore(than: others)
            default: false
            }
        }
    }
}
