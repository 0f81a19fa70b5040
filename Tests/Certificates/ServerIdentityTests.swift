import Certificates
import JSON
import TLS
import TestSupport
import Testing

@Suite struct ServerIdentityTests {
    private final class World {
        var nowMs: Int64
        var addresses: [[UInt8]] = [[10, 0, 0, 1]]
        init(_ nowMs: Int64) { self.nowMs = nowMs }
    }

    private static let dayMs: Int64 = 86_400_000
    private static let todayMs: Int64 = 1_800_000_000_000
    private let folder = TemporaryFolder()

    private func identity(_ world: World, hostName: Text = "gateway") throws -> ServerIdentity {
        try ServerIdentity(
            try DeviceCA.load(directory: Text(folder.path)), hostName: hostName, addresses: { world.addresses }, nowMs: { world.nowMs })
    }

    @Test func `it is renewed at four fifths of its life`() throws {
        let world = World(Self.todayMs)
        let server = try identity(world)
        let first = server.current
        world.nowMs += 72 * Self.dayMs - 1000
        #expect(server.current === first && server.renewals == 1)
        world.nowMs += 1000
        let second = server.current
        #expect(second !== first && server.renewals == 2)
        #expect(server.current === second)
    }

    @Test func `a board without a clock has one at once, and another as soon as it knows the time`() throws {
        let world = World(5000)
        let server = try identity(world)
        let first = server.current
        world.nowMs += 400 * Self.dayMs
        #expect(server.current === first)
        world.nowMs = Self.todayMs
        #expect(server.current !== first)
        #expect(server.renewals == 2)
    }

    @Test func `a clock that was far ahead does no harm`() throws {
        let world = World(Self.todayMs + 4000 * Self.dayMs)
        let server = try identity(world)
        _ = server.current
        world.nowMs = Self.todayMs
        let right = server.current
        #expect(server.renewals == 2)
        // An hour or a day back is within its life.
        world.nowMs -= Self.dayMs
        #expect(server.current === right)
        // Back to 1970: what there is goes on.
        world.nowMs = 0
        #expect(server.current === right)
    }

    @Test func `new addresses need a new one`() throws {
        let world = World(Self.todayMs)
        let server = try identity(world)
        let first = server.current
        world.addresses.append([10, 0, 0, 2])
        #expect(server.current !== first)
        world.addresses = (0..<1000).map { [10, 1, UInt8($0 / 256), UInt8($0 % 256)] }
        let third = server.current
        #expect(server.renewals == 3)
        // Fewer addresses, and in another order: the present one names them all.
        world.addresses = world.addresses.prefix(64).reversed().dropLast()
        #expect(server.current === third)
    }

    @Test(arguments: ["", "not a host", "host:8883"] as [Text]) func `a host name that is none is refused`(name: Text) throws {
        let error = #expect(throws: CertificateError.self) { try identity(World(Self.todayMs), hostName: name) }
        #expect(error?.message.string.contains("gatewayHostName") == true)
    }
}
