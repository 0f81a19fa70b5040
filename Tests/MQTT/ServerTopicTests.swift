import JSON
import MQTT
import Messages
import ModuleIdentities
import Testing

@Suite struct ServerTopicTests {
    private let module = ModuleIdentity(deviceID: "d", moduleID: "m")
    private let message = Message(module: "s", output: "o", body: [1], properties: [MessageProperty(name: "k", value: "v w")])

    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test func `each topic is that of the table`() {
        let sender = ModuleIdentity(deviceID: "d", moduleID: "s")
        #expect(
            text(ServerTopic.input("in 1", of: module, message, sender: sender))
                == "devices/d/modules/m/inputs/in 1/%24.cdid=d&%24.cmid=s&k=v%20w")
        let cloud = ServerTopic.cloudToDevice(of: ModuleIdentity(deviceID: "d"), message)
        #expect(text(cloud) == "devices/d/messages/devicebound/k=v%20w")
        #expect(text(ServerTopic.twinResponse(status: 200, requestID: "a-1")) == "$iothub/twin/res/200/?$rid=a-1")
        #expect(
            text(ServerTopic.twinResponse(status: 204, requestID: "a%20é", version: 7)) == "$iothub/twin/res/204/?$rid=a%20é&$version=7")
        #expect(text(ServerTopic.desired(version: 12)) == "$iothub/twin/PATCH/properties/desired/?$version=12")
        #expect(text(ServerTopic.method("reboot", requestID: "3")) == "$iothub/methods/POST/reboot/?$rid=3")
    }

    @Test func `the level of the bag is there when it is empty`() {
        let plain = Message(module: "", output: "", body: [])
        #expect(text(ServerTopic.input("in", of: module, plain, sender: nil)) == "devices/d/modules/m/inputs/in/")
        #expect(text(ServerTopic.cloudToDevice(of: ModuleIdentity(deviceID: "d"), plain)) == "devices/d/messages/devicebound/")
    }

    @Test func `no topic holds a wildcard, and no other byte of an id is changed`() {
        let hostile = ModuleIdentity(deviceID: "a#b+c%41?$", moduleID: "+")
        let plain = Message(module: "", output: "", body: [])
        #expect(text(ServerTopic.input("in%20", of: hostile, plain, sender: nil)) == "devices/a%23b%2Bc%41?$/modules/%2B/inputs/in%20/")
        #expect(text(ServerTopic.method("a+b#c", requestID: "1")) == "$iothub/methods/POST/a%2Bb%23c/?$rid=1")
    }

    @Test func `what is longer than a topic may be is said to be so`() throws {
        func topic(_ count: Int) -> [UInt8]? {
            let properties = [MessageProperty(name: "p", value: Text(String(repeating: "x", count: count)))]
            return ServerTopic.input("in", of: module, Message(module: "", output: "", body: [], properties: properties), sender: nil)
        }
        let head = "devices/d/modules/m/inputs/in/p=".utf8.count
        #expect(topic(65_535 - head)?.count == 65_535)
        #expect(topic(65_536 - head) == nil)
    }
}
