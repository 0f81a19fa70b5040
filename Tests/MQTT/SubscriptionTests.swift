import JSON
import ModuleIdentities
import Testing

@testable import MQTT

@Suite struct SubscriptionTests {
    private static let device = ModuleIdentity(deviceID: "d")
    private static let module = ModuleIdentity(deviceID: "d", moduleID: "m")

    private func meaning(_ filter: String, _ identity: ModuleIdentity) -> Subscription {
        Array(filter.utf8).withUnsafeBytes { Subscription($0, of: identity) }
    }

    @Test func `filters of all SDKs mean what they mean`() {
        #expect(meaning("devices/d/modules/m/inputs/#", Self.module) == .inputs)
        #expect(meaning("devices/d/modules/m/#", Self.module) == .module)
        #expect(meaning("devices/d/modules/m/inputs/+/#", Self.module) == .inputs)
        #expect(meaning("devices/d/modules/m/inputs/in 1/#", Self.module) == .input("in 1"))
        #expect(meaning("devices/d/messages/devicebound/#", Self.device) == .cloudToDevice)
        for identity in [Self.device, Self.module] {
            #expect(meaning("$iothub/methods/POST/#", identity) == .methods)
            #expect(meaning("$iothub/twin/PATCH/properties/desired/#", identity) == .desired)
            #expect(meaning("$iothub/twin/res/#", identity) == .twinResponses)
        }
    }

    @Test(arguments: [
        "#", "+", "/", "$SYS/#", "$iothub/#", "$iothub/twin/#", "$iothub/twin/res", "$iothub/methods/POST/", "$iothub/methods/POST/x/#",
        "$iothub/twin/PATCH/properties/desired/", "devices/d/modules/m/inputs/in1", "devices/d/modules/m/inputs/in1/",
        "devices/d/modules/m/inputs/in1/+",
        "devices/d/modules/m/inputs/in1/x/#", "devices/d/modules/m/inputs/", "devices/d/modules/m/inputs//#", "devices/d/modules/m/",
        "devices/d/modules/m/messages/devicebound/#", "devices/d/modules/m/messages/#", "devices/+/modules/m/inputs/#",
        "devices/+/modules/+/#",
        "devices/d/modules/+/inputs/#", "devices/d/modules/#", "devices/d/#", "devices/#", "+/d/#", "temperature",
        "devices/d/modules/m/inputs/x\u{1}/#",
    ]) func `filters on which nothing comes mean nothing`(filter: String) {
        #expect(meaning(filter, Self.module) == .nothing)
    }

    @Test(arguments: [
        "devices/e/modules/m/inputs/#", "devices/d/modules/n/#", "devices/d/messages/devicebound/#", "devices/d/modules/M/#", "devices/d",
        "devices/",
        "devices/d/modules/m", "devices/e/messages/devicebound/#",
    ]) func `filters of other identities are foreign`(filter: String) {
        #expect(meaning(filter, Self.module) == .foreign)
    }

    @Test func `a device gets nothing of its modules`() {
        #expect(meaning("devices/d/modules/m/inputs/#", Self.device) == .foreign)
        #expect(meaning("devices/d/modules/#", Self.device) == .nothing)
        #expect(meaning("devices/d/inputs/#", Self.device) == .nothing)
    }

    @Test(arguments: ["a#b", "a+b", "#", "+", "%41", "100%", "?x", "$edgeAgent"]) func `hostile ids are never patterns`(id: String) {
        let encoded = PercentCoding.encode(Text(id)).string
        let identity = ModuleIdentity(deviceID: Text(id), moduleID: Text(id))
        #expect(meaning("devices/\(encoded)/modules/\(encoded)/inputs/#", identity) == .inputs)
        #expect(meaning("devices/\(id)/modules/\(id)/inputs/#", identity) == .inputs)
        #expect(meaning("devices/\(encoded)/modules/other/inputs/#", identity) == .foreign)
        #expect(meaning("devices/a/modules/\(id)/inputs/#", identity) != .inputs)
    }
}
