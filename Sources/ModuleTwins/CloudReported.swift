public import JSON

/// What the cloud holds of the reported properties of one identity, as far as is known, and so what it is still to be told.
///
/// Nothing is collected patch by patch: what is owed is the difference between two documents, with a null for what is gone exactly where
/// the cloud has it. It is right whatever came between, and bounded by the documents. Nulls that a section stores inside a subtree that
/// was new count as absent, because a cloud deletes them.
///
/// After a refusal there are two documents of the cloud: what it holds, and what it would hold had it taken all. Where the second is like
/// the reported properties nothing is owed, so that what was refused is not sent again and again; where it differs, the patch leads from
/// what the cloud really holds.
public struct CloudReported: Sendable, Equatable {
    /// The local version of the reported properties that the cloud has been told of.
    public private(set) var version: UInt64
    /// What the cloud holds.
    public private(set) var held: JSONObject
    /// What it would hold had it refused nothing; nil: the same.
    public private(set) var assumed: JSONObject?

    /// As it was stored; nothing is checked.
    public init(version: UInt64, held: JSONObject, assumed: JSONObject? = nil) {
        self.version = version
        self.held = held
        self.assumed = assumed
    }

    /// The cloud's document was read. What was refused before stays so.
    /// - Parameter version: the local version for which it stands.
    public mutating func holds(_ document: JSONObject, version: UInt64) {
        let document = document.withoutNulls.withoutTwinMembers
        keep(assumed.map { document.merged(with: .difference(from: held, to: $0)) }, held: document)
        self.version = version
    }

    /// The cloud took a patch.
    /// - Parameter version: the local version with which the cloud is even now.
    public mutating func took(_ patch: JSONObject, version: UInt64) {
        keep(assumed?.merged(with: patch), held: held.merged(with: patch))
        self.version = max(self.version, version)
    }

    /// The cloud did not take a patch: it is owed no more, until what it speaks of is reported again.
    public mutating func refused(_ patch: JSONObject, version: UInt64) {
        keep((assumed ?? held).merged(with: patch), held: held)
        self.version = max(self.version, version)
    }

    /// The patch that makes the cloud's document like the reported properties, but for what it has refused. Empty: nothing is owed.
    /// - Parameter again: those of the reported properties that were reported after `version`, whether they changed or not.
    public func pending(reported: JSONObject, again: JSONObject) -> JSONObject {
        let reported = reported.withoutNulls
        return CloudReported.owed(held: held, assumed: assumed ?? held, reported: reported).merged(with: again.withoutNulls)
    }

    private mutating func keep(_ assumed: JSONObject?, held: JSONObject) {
        self.held = held.withoutNulls
        let assumed = assumed?.withoutNulls
        self.assumed = assumed == self.held ? nil : assumed
    }

    private static func owed(held: JSONObject, assumed: JSONObject, reported: JSONObject) -> JSONObject {
        let (holds, assumes, reports) = (JSONObject.Index(held), JSONObject.Index(assumed), JSONObject.Index(reported))
        var patch: [JSONObject.Member] = []
        for member in reported {
            let held = holds[member.key]
            var inner: JSONObject?
            switch (assumes[member.key], member.value) {
            case (.object(let assumed)?, .object(let reported)):
                inner = owed(held: held?.object ?? JSONObject(), assumed: assumed, reported: reported)
            case (let assumed?, let reported) where assumed == reported: continue
            case (_, .object(let reported)):
                if let held = held?.object { inner = .difference(from: held, to: reported) }
            default: break
            }
            if let inner {
                if !inner.isEmpty { patch.append(JSONObject.Member(key: member.key, value: .object(inner))) }
            } else if held != member.value {
                patch.append(member)
            }
        }
        for member in assumed where reports.place(of: member.key) == nil && holds.place(of: member.key) != nil {
            patch.append(JSONObject.Member(key: member.key, value: .null))
        }
        return JSONObject(members: patch)
    }
}

extension JSONObject {
    /// Without members that are null, in objects inside it too; arrays stay as they are.
    fileprivate var withoutNulls: JSONObject {
        var result: [Member] = []
        for member in self {
            switch member.value {
            case .null: continue
            case .object(let object): result.append(Member(key: member.key, value: .object(object.withoutNulls)))
            default: result.append(member)
            }
        }
        return JSONObject(members: result)
    }

    /// Without `$metadata` and `$version`.
    fileprivate var withoutTwinMembers: JSONObject {
        JSONObject(members: members.filter { !$0.key.hasPrefix("$") })
    }
}
