import Foundation
import TestSupport
import Testing

/// Microsoft's device SDK on a device of its own, which has this host as its gateway.
@Suite(.enabled(if: ClientPython.isThere, ClientPython.comment))
struct DownstreamDeviceTests {
    private static let key = Data(repeating: 42, count: 32).base64EncodedString()

    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Host.manifest(at: try Loopback.address())
        manifest.library("probe", "libprobe.so")
        manifest.device["children"] = [["id": "sensor-7", "key": Self.key], ["id": "sensor-8", "key": Self.key]]
        manifest.routes["up"] = "FROM /messages/* WHERE NOT IS_DEFINED($connectionModuleId) INTO $upstream"
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        return host
    }

    private func connection(_ host: Host, _ device: String = "sensor-7", key: String = key) -> String {
        "HostName=martlet.local;DeviceId=\(device);SharedAccessKey=\(key);GatewayHostName=\(host.address)"
    }

    private let sensor = "/devices/sensor-7"

    @Test(arguments: MartletProgram.all) func `a device behind this one has telemetry, a twin and methods`(_ program: MartletProgram) throws
    {
        let host = try host(program)
        let client = try host.sdkClient(connection(host))
        #expect(try client.output.event("ready").facts.keys == ["desired", "reported"])

        #expect(try host.invoke(sensor, "echo", #"{"a":"ü"}"#)["a"].string == "ü")
        _ = try host.invoke(sensor, "report", #"{"state":"ok"}"#)
        #expect(try host.json("twin", sensor)["properties"]["reported"]["state"].string == "ok")
        #expect(try host.json("twin", sensor)["deviceId"].string == "sensor-7")
        _ = try host.json("twin", sensor, "--desired", #"{"period":5}"#)
        try client.output.event("desired") { $0["period"].int == 5 }

        let monitor = try host.follow("monitor", "--count", "1", "--timeout", "60")
        try host.waitUntil {
            _ = try host.invoke(
                sensor, "send",
                #"{"body":"{\"celsius\":21}","properties":{"k":"v"},"content_type":"application/json","content_encoding":"utf-8"}"#)
            return !monitor.output.lines.isEmpty
        }
        let message = try JSONValue(parsing: monitor.output.lines[0])
        #expect(message["body"]["celsius"].int == 21 && message["properties"]["k"].string == "v", "\(message.text)")
        #expect(message["device"].string == "sensor-7" && message["module"].raw == nil, "\(message.text)")
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `messages for a device wait for it`(_ program: MartletProgram) throws {
        let host = try host(program)
        let first = try host.sdkClient(connection(host))
        try first.output.event("ready")
        #expect(try host.martlet("send", sensor, "now", "-p", "k=v").code == 0)
        let now = try first.output.event("message").facts
        #expect(now["data"].string == "now" && now["properties"]["k"].string == "v" && now["input"].raw == nil, "\(now.text)")
        // It has acknowledged it.
        try host.waitUntil {
            let queues = try host.json("queues", "--json").array.filter { $0["endpoint"].string?.contains("sensor-7") == true }
            return queues.allSatisfy { $0["length"].int == 0 }
        }
        first.signal(SIGKILL)
        _ = try first.waitForEnd()
        for number in 0..<50 { #expect(try host.martlet("send", sensor, "later \(number)").code == 0) }
        // IoT Hub keeps 50.
        #expect(try host.martlet("send", sensor, "one more").code == 1)
        #expect(try host.end() == .exit(0))
        try host.start("probe")
        let second = try host.sdkClient(connection(host))
        for number in 0..<50 { try second.output.event("message") { $0["data"].string == "later \(number)" } }
        #expect(second.output.lines.filter { $0.hasPrefix("message ") }.count == 50)
    }

    @Test(arguments: MartletProgram.all) func `the host that starts again has the device back, and what it subscribed to`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let client = try host.sdkClient(connection(host))
        try client.output.event("ready")
        _ = try host.end(SIGKILL)
        try client.output.event("disconnected")
        let from = client.output.lines.count
        try host.start("probe")
        #expect(try host.martlet("send", sensor, "again").code == 0)
        try client.output.event("message", from: from) { $0["data"].string == "again" }
        try host.waitUntilCalled(sensor)
    }

    @Test(arguments: MartletProgram.all) func `only children of the manifest connect, with their own keys`(_ program: MartletProgram) throws
    {
        let host = try host(program)
        let wrongKey = Data(repeating: 43, count: 32).base64EncodedString()
        for wrong in [connection(host, key: wrongKey), connection(host, "sensor-9"), connection(host, "Hannover01")] {
            let client = try host.sdkClient(wrong)
            let failed = try client.output.event("failed").facts
            #expect(failed.text.contains("UnauthorizedError"), "\(failed.text)")
        }
        let seven = try host.sdkClient(connection(host))
        let eight = try host.sdkClient(connection(host, "sensor-8"))
        try seven.output.event("ready")
        try eight.output.event("ready")
        // Taken out of the manifest, it is cut off; its neighbour is not.
        host.manifest.device["children"] = [["id": "sensor-8", "key": Self.key]]
        try host.writeManifest()
        try seven.output.event("disconnected")
        #expect(try host.invoke("/devices/sensor-8", "echo", "1").int == 1)
        #expect(!eight.output.lines.contains { $0.hasPrefix("disconnected") })
        let again = try host.sdkClient(connection(host))
        try again.output.event("failed")
        #expect(!host.logLines.contains { $0.contains(Self.key) || $0.contains("sig=") })
    }

    /// The device itself may connect too.
    @Test(arguments: MartletProgram.all) func `the device's own key opens the device's own twin`(_ program: MartletProgram) throws {
        let host = try host(program)
        let client = try host.sdkClient(try host.connectionString())
        try client.output.event("ready")
        _ = try host.json("twin", "--desired", #"{"place":"roof"}"#)
        try client.output.event("desired") { $0["place"].string == "roof" }
        let answer = try host.http("POST", "/twins/Hannover01/methods", body: #"{"methodName":"echo","payload":[1]}"#)
        #expect(answer.status == 200 && answer.body["payload"].text == "[1]", "\(answer.text)")
    }
}
