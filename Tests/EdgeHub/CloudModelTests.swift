import JSON
import ModuleLinks
import ModuleTwins
import TestSupport
import Testing

@testable import EdgeHub

/// A cloud that keeps what it is told as IoT Hub does, over random reports, acknowledgements, refusals and restarts.
@Suite struct CloudModelTests {
    /// Merges, and never holds a null.
    private indirect enum Tree: Equatable {
        case leaf(JSON)
        case node([String: Tree])

        init(_ json: JSON) {
            if let object = json.object {
                var members: [String: Tree] = [:]
                for member in object where !member.value.isNull { members[member.key.string] = Tree(member.value) }
                self = .node(members)
            } else {
                self = .leaf(json)
            }
        }

        mutating func merge(_ patch: JSONObject) {
            guard case .node(var members) = self else {
                self = .node([:])
                return merge(patch)
            }
            for member in patch {
                let key = member.key.string
                if member.value.isNull {
                    members[key] = nil
                } else if let inner = member.value.object {
                    var child = members[key] ?? .node([:])
                    child.merge(inner)
                    members[key] = child
                } else {
                    members[key] = .leaf(member.value)
                }
            }
            self = .node(members)
        }

        func differs(from other: Tree) -> [String] {
            guard case .node(let left) = self, case .node(let right) = other else { return self == other ? [] : ["."] }
            return Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }.sorted()
        }
    }

    private final class World {
        let folder = TemporaryFolder()
        var bench: HubBench
        var port: any HubPort
        var cloud = Tree.node(["left": .leaf(1), "a": .node(["left": .leaf(2)])])
        var random: SplitMix
        /// Of patches that the cloud refused.
        var refusedKeys: Set<String> = []
        var refusals = 0

        init(seed: UInt64) throws {
            random = SplitMix(state: seed)
            bench = try HubBench(folder: folder)
            port = bench.attach("m", link: NotingModule())
        }

        func restart() throws {
            bench.hub.close()
            bench = try HubBench(folder: folder)
            port = bench.attach("m", link: NotingModule())
        }

        func report(_ patch: JSONObject) throws {
            let result: Result<UInt64, HubError> = try bench.wait { port.report(patch, done: $0) }
            _ = try result.get()
        }

        /// - Parameter isLost: the cloud took the patch, and its answer never came.
        func synchronize(mayRefuse: Bool, isLost: Bool = false, isQuiet: Bool = false) throws {
            let result: Result<PendingReport, HubError> = try bench.wait { bench.hub.pendingReport("m", done: $0) }
            let pending = try result.get()
            guard pending.isCloudKnown else { return try read() }
            guard !pending.patch.isEmpty else { return }
            // Something may come while it is on its way.
            if !isQuiet && random.next() % 4 == 0 { try report(patch()) }
            let ended: HubError?
            if mayRefuse && Self.holdsBad(pending.patch) {
                refusals += 1
                for member in pending.patch { refusedKeys.insert(member.key.string) }
                ended = try bench.wait {
                    bench.hub.cloudRefused("m", pending.patch, version: pending.version, reason: "bad", done: $0)
                }
            } else {
                cloud.merge(pending.patch)
                if isLost { return try read() }
                ended = try bench.wait { bench.hub.cloudTook("m", pending.patch, version: pending.version, done: $0) }
            }
            #expect(ended == nil)
        }

        func read() throws {
            let ended: HubError? = try bench.wait { bench.hub.cloudHolds("m", reported: Self.json(cloud), version: 1, done: $0) }
            #expect(ended == nil)
        }

        func isEven() throws -> Bool {
            let result: Result<PendingReport, HubError> = try bench.wait { bench.hub.pendingReport("m", done: $0) }
            return try result.get().patch.isEmpty
        }

        var reported: Tree {
            var reported = bench.hub.twin("m")?["properties"]?["reported"]?.object ?? [:]
            reported["$version"] = nil
            reported["$metadata"] = nil
            return Tree(.object(reported))
        }

        func patch(depth: Int = 0) -> JSONObject {
            var patch = JSONObject()
            for _ in 0..<1 + random.next() % 3 {
                let key = Text(["a", "b", "c", "d", "e", "f", "g"][Int(random.next() % (depth == 0 ? 7 : 3))])
                switch random.next() % 8 {
                case 0, 1: patch[key] = .null
                case 2, 3,
                    4 where depth < 3:
                    patch[key] = .object(self.patch(depth: depth + 1))
                case 5: patch[key] = [1, .integer(Int64(random.next() % 3))]
                case 6 where random.next() % 4 == 0: patch[key] = "bad"
                default: patch[key] = .integer(Int64(random.next() % 4))
                }
            }
            return patch
        }

        private static func holdsBad(_ patch: JSONObject) -> Bool {
            patch.contains { $0.value == "bad" || $0.value.object.map(holdsBad) ?? false }
        }

        private static func json(_ tree: Tree) -> JSONObject {
            guard case .node(let members) = tree else { return [:] }
            return JSONObject(
                members.map { key, value in
                    if case .leaf(let json) = value { (Text(key), json) } else { (Text(key), .object(json(value))) }
                })
        }
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var bits = state
            bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
            return bits ^ bits >> 31
        }
    }

    private func run(seed: UInt64, mayRefuse: Bool) throws -> World {
        let world = try World(seed: seed)
        for _ in 0..<120 {
            switch world.random.next() % 12 {
            case 0..<7: try world.report(world.patch())
            case 7..<10: try world.synchronize(mayRefuse: mayRefuse)
            case 10: try world.synchronize(mayRefuse: mayRefuse, isLost: true)
            default: try world.restart()
            }
        }
        for _ in 0..<2 { try world.synchronize(mayRefuse: mayRefuse, isQuiet: true) }
        #expect(try world.isEven(), "seed \(seed): it never ends")
        return world
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>) func `in the end the cloud holds what was reported`(seed: UInt64) throws {
        let world = try run(seed: seed, mayRefuse: false)
        #expect(world.cloud == world.reported, "seed \(seed)")
    }

    @Test(arguments: 101...124 as ClosedRange<UInt64>)
    func `what was refused never keeps anything else from the cloud, and reported again it is there`(seed: UInt64) throws {
        let world = try run(seed: seed, mayRefuse: true)
        let different = Set(world.cloud.differs(from: world.reported))
        #expect(different.isSubset(of: world.refusedKeys), "seed \(seed): \(different), refused: \(world.refusedKeys)")
        for key in world.refusedKeys { try world.report([Text(key): "again"]) }
        try world.synchronize(mayRefuse: false, isQuiet: true)
        #expect(world.cloud == world.reported, "seed \(seed)")
    }

    @Test func `the model refuses at times`() throws {
        var refusals = 0
        for seed in 101...105 as ClosedRange<UInt64> { refusals += try run(seed: seed, mayRefuse: true).refusals }
        #expect(refusals > 3)
    }
}
