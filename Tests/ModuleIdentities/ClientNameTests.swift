import JSON
import ModuleIdentities
import Testing

@Suite struct ClientNameTests {
    private let names: [(name: Text, path: Text)] = [
        ("thermometer", "/devices/Hannover01/modules/thermometer"), ("", "/devices/Hannover01"), ("/sensor-7", "/devices/sensor-7"),
        ("sensor-7", "/devices/Hannover01/modules/sensor-7"),
    ]

    @Test func `a module, the device and a downstream device have names of their own`() {
        for (name, path) in names {
            let identity = ClientName.identity(name, device: "Hannover01")
            #expect(identity.path == path)
            #expect(ClientName.name(of: identity, device: "Hannover01") == name)
        }
    }

    @Test func `a module of another device has no name here`() {
        #expect(ClientName.name(of: ModuleIdentity(deviceID: "sensor-7", moduleID: "m"), device: "Hannover01") == nil)
    }

    @Test func `only a name that begins with a slash is of a downstream device`() {
        #expect(ClientName.downstreamDevice(ClientName.downstream("sensor-7")) == "sensor-7")
        #expect(ClientName.downstreamDevice("sensor-7") == nil)
        #expect(ClientName.downstreamDevice(ClientName.device) == nil)
    }

    @Test func `people see modules by their ids and devices by their paths`() {
        #expect(ClientName.shown("insight", device: "Hannover01") == "insight")
        #expect(ClientName.shown("/sensor-7", device: "Hannover01") == "/devices/sensor-7")
        #expect(ClientName.shown("", device: "Hannover01") == "/devices/Hannover01")
    }

    @Test func `a downstream device does not show its key`() {
        #expect(!"\(DownstreamDevice(id: "sensor-7", key: Array("0123456789abcdef".utf8)))".contains("0123"))
    }
}
