extension JSONObject {
    /// Where the members of an object are, for work on all keys of two objects: looking up each in its turn takes the square of their
    /// number, which is seconds for the largest twins on a small board.
    public struct Index: Sendable {
        /// From here on a table is faster than a walk.
        private static let fewest = 16

        private let members: [Member]
        private var places: [Text: Int] = [:]

        public init(_ object: JSONObject) {
            members = object.members
            guard members.count >= Index.fewest else { return }
            places.reserveCapacity(members.count)
            for (place, member) in members.enumerated() where places[member.key] == nil { places[member.key] = place }
        }

        /// The place of a key in `members`; nil: it is not there.
        public func place(of key: Text) -> Int? {
            if members.count >= Index.fewest { return places[key] }
            return members.firstIndex { $0.key == key }
        }

        /// The value of a key.
        public subscript(key: Text) -> JSON? {
            @inline(never)
            get { place(of: key).map { members[$0].value } }
        }
    }
}
