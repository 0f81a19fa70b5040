import Foundation
import JSON
import ModuleIdentities
import TLS
import Testing

@Suite struct DeviceKeyTests {
    let key = DeviceKey(secret: Array("master".utf8))

    @Test func `a module's keys are derived as IoT Edge derives them`() {
        let keys = key.keys(module: "mod.1", generation: 636_463_636_967_581_550)
        #expect(keys.primary == HMACSHA256.code(of: Array("mod.1:636463636967581550:primary".utf8), key: Array("master".utf8)))
        #expect(keys.secondary == HMACSHA256.code(of: Array("mod.1:636463636967581550:secondary".utf8), key: Array("master".utf8)))
        // openssl dgst -sha256 -hmac master -binary | base64
        #expect(keys.primaryText == "y1+LyNzU5L2YBaZGlxZW3oJqo/8ZEds9LUPArEfiMUs=")
    }

    @Test func `another generation, module or master gives other keys`() {
        let keys = key.keys(module: "m", generation: 1)
        #expect(keys == key.keys(module: "m", generation: 1))
        #expect(keys != key.keys(module: "m", generation: 2))
        #expect(keys != key.keys(module: "n", generation: 1))
        #expect(keys != DeviceKey(secret: [1]).keys(module: "m", generation: 1))
        #expect(keys.primary != keys.secondary)
    }

    @Test func `the key of a connection string is the device's own primary key`() {
        let cloud = DeviceKey(secret: [1, 2, 3], isFromCloud: true).keys(module: nil, generation: 7)
        #expect(cloud.primary == [1, 2, 3])
        #expect(cloud.secondary == HMACSHA256.code(of: Array(":7:secondary".utf8), key: [1, 2, 3]))
    }

    @Test func `a device that made its key does not show it as its own`() {
        let keys = DeviceKey(secret: [1, 2, 3]).keys(module: nil, generation: 7)
        #expect(keys.primary == HMACSHA256.code(of: Array(":7:primary".utf8), key: [1, 2, 3]))
    }

    @Test func `no description shows a key`() {
        let secret = Array("0123456789abcdef0123456789abcdef".utf8)
        let keys = SymmetricKeys(primary: secret, secondary: secret)
        let connection = ConnectionString(hostName: "h", identity: ModuleIdentity(deviceID: "d"), credential: .key(secret))
        let record = IdentityRecord(identity: connection.identity, generation: 1, primary: secret, secondary: secret)
        let shown = [
            "\(record)", "\([record])",
            "\(DeviceKey(secret: secret))", "\(keys)", String(reflecting: keys), "\([keys])",
            String(reflecting: Optional(DeviceKey(secret: secret))), "\(connection)", String(reflecting: [connection]),
        ]
        for text in shown {
            #expect(!text.contains("48, 49") && !text.contains("0123") && !text.contains(Base64.encode(secret).string), "\(text)")
        }
    }
}
