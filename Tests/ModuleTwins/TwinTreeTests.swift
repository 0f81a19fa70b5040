import JSON
import Testing
import TwinModels

@testable import ModuleTwins

@Suite struct TwinTreeTests {
    private func stamp(_ version: UInt64) -> TwinStamp { TwinStamp(ms: Int64(version) * 1000, version: version) }

    private func tree(_ properties: JSONObject, version: UInt64 = 1) -> TwinTree {
        TwinTree().merged(with: properties, stamp: stamp(version))
    }

    @Test func `the bytes are as the format says`() {
        let tree = TwinTree().merged(with: ["a": ["b": -2]], stamp: TwinStamp(ms: 300, version: 5))
        #expect(tree.stored == [1, 0x61, 0xAD, 2, 5, 7, 5, 1, 0x62, 0, 3, 3])
        let tags = TwinTree().merged(with: ["n": 1.0, "s": "é", "t": true, "f": false, "l": [nil, ["x": 64]]], stamp: .none)
        #expect(
            tags.stored == [
                1, 0x6E, 0, 4, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F,
                1, 0x73, 0, 5, 2, 0xC3, 0xA9,
                1, 0x74, 0, 2,
                1, 0x66, 0, 1,
                1, 0x6C, 0, 6, 9, 0, 7, 6, 1, 0x78, 0, 3, 0x80, 1,
            ])
        #expect(TwinTree().stored.isEmpty)
        #expect(TwinTree().isEmpty && !tree.isEmpty)
    }

    @Test func `a stamp is written where it is another one than before`() {
        let before = tree(["a": 1, "b": 2, "c": 3, "d": ["x": 1, "y": 2]])
        let between = before.merged(with: ["b": 4], stamp: stamp(2))
        #expect(before.stored.count + 4 == between.stored.count)
        #expect(between.merged(with: ["b": 2], stamp: stamp(1)) == before)
        let inside = before.merged(with: ["d": ["y": 3]], stamp: stamp(2))
        #expect(inside.stored.suffix(21) == [1, 0x64, 0xD1, 0xF, 2, 7, 14, 1, 0x78, 0xE9, 7, 1, 3, 2, 1, 0x79, 0xD1, 0xF, 2, 3, 6])
        #expect(before.merged(with: ["a": nil, "b": nil], stamp: stamp(2)).metadata(withVersions: true)["c"]?["$lastUpdatedVersion"] == 1)
    }

    @Test func `a clock before 1970 says 1970`() {
        #expect(TwinStamp(ms: -1, version: 3) == TwinStamp(ms: 0, version: 3))
        let latest = TwinTree().merged(with: ["a": 1], stamp: TwinStamp(ms: .max, version: .max))
        #expect(TwinTree(stored: latest.stored) == latest)
        #expect(latest.metadata(withVersions: true)["a"]?["$lastUpdated"] == "9999-12-31T23:59:59.999Z")
    }

    @Test(arguments: 1...500 as ClosedRange<UInt64>)
    func `values come back as they were, from memory and from disk`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let properties = random.anything(depth: 4)
        let tree = tree(properties)
        // The text too: it tells the order, and -0.0 from 0.0.
        #expect(JSON.object(tree.properties).text == JSON.object(JSONObject().merged(with: properties)).text)
        let again = try #require(TwinTree(stored: tree.stored))
        #expect(again == tree)
        #expect(tree.size == JSONObject().merged(with: properties).twinSize)
    }

    @Test(arguments: 1...500 as ClosedRange<UInt64>)
    func `members, stamps and size after many patches are those of the model`(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        var tree = TwinTree()
        var model = StampModel()
        for version in 1...12 as ClosedRange<UInt64> {
            let patch = random.object(depth: 3, nulls: true)
            let before = tree.properties
            tree = tree.merged(with: patch, stamp: stamp(version))
            model.merge(patch, stamp(version))
            // The order too.
            #expect(JSON.object(tree.properties).text == JSON.object(before.merged(with: patch)).text)
            #expect(model.fault(of: tree, since: random.number(below: 13)) == nil)
            #expect(tree.stored.capacity <= tree.stored.count + tree.stored.count / 8 + 32)
        }
    }

    @Test func `a deletion stamps what it was in`() {
        let before = tree(["a": ["x": 1, "y": 2], "b": 1])
        let after = before.merged(with: ["a": ["x": nil, "absent": nil], "none": nil], stamp: stamp(2))
        #expect(
            after.metadata(withVersions: true) == [
                "a": [
                    "$lastUpdated": "1970-01-01T00:00:02.000Z", "$lastUpdatedVersion": 2,
                    "y": ["$lastUpdated": "1970-01-01T00:00:01.000Z", "$lastUpdatedVersion": 1],
                ],
                "b": ["$lastUpdated": "1970-01-01T00:00:01.000Z", "$lastUpdatedVersion": 1],
            ])
        #expect(after.changed(after: 1) == ["a": [:]])
    }

    @Test func `many keys in tree and patch are found`() {
        for count in [15, 16, 17, 200] {
            let before = JSONObject((0..<count).map { (Text("a key of more than 15 bytes \($0)"), .integer(Int64($0))) })
            let patch = JSONObject((count / 2..<count * 2).map { (Text("a key of more than 15 bytes \($0)"), $0 % 3 == 0 ? .null : "new") })
            #expect(
                JSON.object(tree(before).merged(with: patch, stamp: stamp(2)).properties).text
                    == JSON.object(before.merged(with: patch)).text)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `many keys take no time that other modules would notice`() {
        let keys = JSONObject((0..<30_000).map { (Text("key\($0)"), 1) })
        #expect(tree(keys).merged(with: keys, stamp: stamp(2)) == tree(keys, version: 2))
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `bytes that were cut are refused, or a tree of what is left`(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        let stored = tree(random.anything(depth: 3)).stored
        for count in 0..<stored.count where stored.count < 2000 || count % 97 == 0 { use(Array(stored.prefix(count))) }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `bytes that were changed are refused, or a tree that can be used`(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        let stored = tree(random.anything(depth: 3)).stored
        guard !stored.isEmpty else { return }
        for _ in 0..<100 {
            var bytes = stored
            for _ in 0...random.number(below: 3) {
                let place = Int(random.number(below: UInt64(bytes.count)))
                switch random.number(below: 3) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.number(below: 256))
                case 1: bytes[place] ^= 1 << UInt8(random.number(below: 8))
                default: bytes.insert([0, 7, 0x80, 0xFF][Int(random.number(below: 4))], at: place)
                }
            }
            use(bytes)
        }
    }

    @Test func `what no tree holds is refused`() {
        let refused: [(String, [UInt8])] = [
            ("a key without an end", [5, 0x61]),
            ("no stamp", [1, 0x61]),
            ("no value", [1, 0x61, 1, 1]),
            ("an unknown tag", [1, 0x61, 1, 1, 8]),
            ("a key that is not UTF-8", [1, 0xFF, 1, 1, 0]),
            ("a string that is not UTF-8", [1, 0x61, 1, 1, 5, 1, 0xC0]),
            ("a string without an end", [1, 0x61, 1, 1, 5, 2, 0x61]),
            ("a length of 2 to the 63", [1, 0x61, 1, 1, 5, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]),
            ("a varint of 65 bits", [1, 0x61, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0]),
            ("a varint of eleven bytes", [1, 0x61, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0]),
            ("a time of 2 to the 63", [1, 0x61, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 1, 0]),
            ("half a number", [1, 0x61, 1, 1, 4, 0, 0, 0, 0]),
            ("a number that is infinite", [1, 0x61, 1, 1, 4, 0, 0, 0, 0, 0, 0, 0xF0, 0x7F]),
            ("a member that ends behind its object", [1, 0x61, 1, 1, 7, 3, 1, 0x61, 1, 1, 0]),
            ("an element that ends behind its array", [1, 0x61, 1, 1, 6, 2, 5, 1, 0x61]),
        ]
        for (what, bytes) in refused { #expect(TwinTree(stored: bytes) == nil, "\(what)") }
        #expect(TwinTree(stored: [1, 0x61, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 1, 0]) != nil)
        #expect(TwinTree(stored: [1, 0x61, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0]) != nil)
    }

    @Test func `a tree is as deep as JSON text at most`() {
        func nested(_ count: Int) -> JSONObject {
            var object: JSONObject = ["a": 1]
            for _ in 1..<count { object = ["a": .object(object)] }
            return object
        }
        #expect(TwinTree(stored: tree(nested(100)).stored)?.properties == nested(100))
        #expect(TwinTree(stored: tree(nested(101)).stored) == nil)
        let arrays: JSONObject = ["a": (1..<100).reduce(JSON.null) { inner, _ in [inner] }]
        #expect(TwinTree(stored: tree(arrays).stored)?.properties == arrays)
        #expect(TwinTree(stored: tree(["a": [arrays["a"] ?? nil]]).stored) == nil)
    }

    /// Everything that is done with a tree, on bytes from anywhere.
    private func use(_ bytes: [UInt8]) {
        guard let tree = TwinTree(stored: bytes) else { return }
        #expect(tree.stored == bytes)
        #expect(JSON.object(tree.properties).bytes().count > 1)
        _ = tree.metadata(withVersions: true)
        _ = tree.changed(after: 0)
        // Keys may come twice in such bytes, and each counts.
        #expect(tree.size >= 0)
        let merged = tree.merged(with: ["0": ["x": 1], "é1": nil], stamp: stamp(9))
        #expect(TwinTree(stored: merged.stored) == merged)
    }
}
