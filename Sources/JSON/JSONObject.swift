/// The members of a JSON object, in the order in which they came. Equality does not see the order.
///
/// Look-up is linear: objects here are sections of twins and manifests, of some ten members. For many look-ups there is `Index`.
public struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
    /// A key with its value.
    public struct Member: Sendable, Equatable {
        public var key: Text
        public var value: JSON

        public init(key: Text, value: JSON) {
            self.key = key
            self.value = value
        }
    }

    public private(set) var members: [Member]

    public init() {
        members = []
    }

    /// Of members whose keys are known to differ.
    @inline(never)
    public init(_ elements: [(Text, JSON)]) {
        members = elements.map { Member(key: $0.0, value: $0.1) }
    }

    /// Of members whose keys are known to differ.
    public init(members: [Member]) {
        self.members = members
    }

    public init(dictionaryLiteral elements: (Text, JSON)...) {
        self.init(elements)
    }

    public var isEmpty: Bool { members.isEmpty }
    public var count: Int { members.count }

    public subscript(key: Text) -> JSON? {
        @inline(never) get {
            for member in members where member.key == key { return member.value }
            return nil
        }
        @inline(never) set {
            let index = members.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONObject: Sequence {
    /// The members, in the order in which they came.
    public func makeIterator() -> Array<Member>.Iterator { members.makeIterator() }
}

extension JSONObject: Equatable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        let index = Index(right)
        return left.members.allSatisfy { index[$0.key] == $0.value }
    }
}
