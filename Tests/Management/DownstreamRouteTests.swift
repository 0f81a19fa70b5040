import HTTP
import JSON
import Management
import Testing

/// Downstream devices over the socket: their twins, methods, identities and messages.
@Suite struct DownstreamRouteTests {
    private func bench() throws -> Bench {
        let bench = try Bench()
        bench.device.registry.append(
            RegisteredIdentity(
                moduleID: nil, downstreamDevice: "sensor-7", managedBy: "", generationID: "4", etag: "AAE=",
                keys: .init(primary: "cHJpbWFyeQ==", secondary: "c2Vjb25kYXJ5")))
        bench.device.twins["/sensor-7"] = ["deviceId": "sensor-7", "etag": "AAE="]
        return bench
    }

    @Test func `a downstream device has a twin and methods under its own id`() throws {
        let bench = try bench()
        #expect(bench.ask(.get, ["twins", "sensor-7"]).json?["deviceId"] == "sensor-7")
        #expect(bench.ask(.patch, ["twins", "sensor-7"], body: #"{"deviceId":"sensor-7","tags":{"a":1}}"#).status == 200)
        #expect(bench.ask(.patch, ["twins", "sensor-7"], body: #"{"deviceId":"D","tags":{"a":1}}"#).status == 400)
        #expect(bench.ask(.post, ["twins", "sensor-7", "methods"], body: #"{"methodName":"blink"}"#).status == 200)
        #expect(bench.ask(.get, ["twins", "sensor-7", "pending"]).json?["patch"] == ["of": "/sensor-7"])
        #expect(bench.device.asked == [#"patch /sensor-7 {} {"a":1}"#, "invoke /sensor-7 blink null 0 30000"])
    }

    @Test func `a downstream device has no modules here, and no module has the name of one`() throws {
        let bench = try bench()
        for path in [["twins", "sensor-7", "modules", "m"], ["twins", "sensor-8"], ["twins", "D", "modules", "/sensor-7"]] as [[Text]] {
            let answer = bench.ask(.get, path)
            #expect(answer.status == 404)
            #expect(answer.json?["Message"] != nil)
        }
        #expect(bench.ask(.get, ["devices", "sensor-7", "modules"]).json == [])
        #expect(bench.ask(.delete, ["devices", "D", "modules", "/sensor-7"]).status == 404)
        #expect(bench.device.asked.isEmpty)
    }

    @Test func `the registry shows devices, this one first, and deletes downstream devices`() throws {
        let bench = try bench()
        let entry: JSON = [
            "deviceId": "sensor-7", "generationId": "4", "etag": "AAE=", "status": "enabled", "capabilities": ["iotEdge": false],
            "authentication": ["type": "sas", "symmetricKey": ["primaryKey": "cHJpbWFyeQ==", "secondaryKey": "c2Vjb25kYXJ5"]],
        ]
        #expect(bench.ask(.get, ["devices", "sensor-7"]).json == entry)
        let all = bench.ask(.get, ["devices"]).json?.array
        #expect(all?.map { $0["deviceId"] } == ["D", "sensor-7"])
        #expect(all?[0]["capabilities"] == ["iotEdge": true])
        #expect(bench.ask(.delete, ["devices", "sensor-7"], headers: ["If-Match": "*"]).status == 204)
        #expect(bench.ask(.get, ["devices", "sensor-7"]).status == 404)
        #expect(bench.device.asked.first == "delete /sensor-7 *")
    }

    @Test func `a device is made in the manifest, and the answer says so`() throws {
        let bench = try bench()
        for id: Text in ["sensor-7", "sensor-8", "D"] {
            let answer = bench.ask(.put, ["devices", id], body: "{}")
            #expect(answer.status == 400)
            #expect(answer.json?["Message"]?.string?.string.contains("device.children") == true)
        }
    }

    @Test func `messages go to devices, and those of devices are watched`() throws {
        let bench = try bench()
        #expect(bench.ask(.post, ["devices", "sensor-7", "messages", "devicebound"], body: #"{"bodyText":"hello"}"#).status == 204)
        #expect(bench.ask(.post, ["devices", "D", "messages", "devicebound"], body: #"{"body":1}"#).status == 204)
        #expect(bench.ask(.post, ["devices", "sensor-8", "messages", "devicebound"], body: #"{"body":1}"#).status == 404)
        #expect(bench.ask(.post, ["devices", "D", "messages", "devicebound"], body: #"{"body":1,"bodyText":""}"#).status == 400)
        #expect(bench.device.asked == [#"send to </sensor-7> {"bodyText":"hello"}"#, #"send to <> {"body":1}"#])
        let both: [RequestTarget.QueryItem] = [.init(name: "device", value: "sensor-7"), .init(name: "module", value: "a")]
        #expect(bench.ask(.get, ["messages"], both).status == 400)
    }
}
