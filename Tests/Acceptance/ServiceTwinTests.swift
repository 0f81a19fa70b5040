import Foundation
import TestSupport
import Testing

/// Twins over IoT Hub's service API: the documents, whom they let change them, and what they refuse.
struct ServiceTwinTests {
    private static let module = "/twins/Hannover01/modules/probe"
    private static let device = "/twins/Hannover01"

    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.desired["probe"] = ["limit": 5, "nested": ["a": 1, "b": ["c": 2]]]
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        return host
    }

    @Test(arguments: MartletProgram.all) func `the service view has every field of IoT Hub, in its order`(_ program: MartletProgram) throws
    {
        let host = try host(program)
        _ = try host.invoke("probe", "report", #"{"state":{"ok":true,"list":[1,{"x":2}]}}"#)
        let answer = try host.http("PATCH", Self.module, body: #"{"tags":{"site":{"north":true}}}"#)
        let tail = { (section: String) in
            ["properties.\(section).$metadata", "properties.\(section).$metadata.$lastUpdated", "properties.\(section).$version"]
        }
        let keys = try host.keys(answer.text)
        let metadata = keys.filter { $0.contains("$metadata") }
        #expect(
            keys.filter { !$0.contains("$metadata.") } == [
                "deviceId", "moduleId", "etag", "deviceEtag", "status", "statusReason", "statusUpdateTime", "connectionState",
                "lastActivityTime", "cloudToDeviceMessageCount", "authenticationType", "x509Thumbprint",
                "x509Thumbprint.primaryThumbprint", "x509Thumbprint.secondaryThumbprint", "modelId", "version", "tags", "tags.site",
                "tags.site.north", "configurations", "properties", "properties.desired", "properties.desired.limit",
                "properties.desired.nested", "properties.desired.nested.a", "properties.desired.nested.b",
                "properties.desired.nested.b.c", tail("desired")[0], tail("desired")[2], "properties.reported",
                "properties.reported.state", "properties.reported.state.ok", "properties.reported.state.list", tail("reported")[0],
                tail("reported")[2],
            ])
        // It mirrors the tree, and ends at arrays.
        for mirrored in [
            "desired.$metadata.nested.b.c.$lastUpdated", "desired.$metadata.nested.$lastUpdatedVersion",
            "desired.$metadata.$lastUpdatedVersion", "reported.$metadata.state.list.$lastUpdated", "reported.$metadata.$lastUpdated",
        ] {
            #expect(metadata.contains("properties.\(mirrored)"), "\(mirrored)")
        }
        #expect(!metadata.contains { $0.contains("reported") && $0.contains("Version") })
        #expect(!metadata.contains { $0.contains(".list.x") })
        let twin = answer.body
        #expect(twin["deviceId"].string == "Hannover01" && twin["moduleId"].string == "probe")
        #expect(twin["status"].string == "enabled" && twin["connectionState"].string == "Connected")
        #expect(twin["authenticationType"].string == "sas" && twin["cloudToDeviceMessageCount"].int == 0)
        #expect(twin["statusUpdateTime"].string == "0001-01-01T00:00:00")
        #expect(twin["x509Thumbprint"]["primaryThumbprint"].isNull)
        #expect(twin["etag"].string?.count == 12 && twin["deviceEtag"].string != nil)
        let stamp = try #require(twin["properties"]["desired"]["$metadata"]["nested"]["a"]["$lastUpdated"].string)
        #expect(stamp.wholeMatch(of: #/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil)
    }

    @Test(arguments: MartletProgram.all) func `the device's twin is the same document of another identity`(_ program: MartletProgram) throws
    {
        let host = try host(program)
        let patch = #"{"tags":{"site":"roof"},"properties":{"desired":{"a":{"b":1}}}}"#
        let device = try host.http("PATCH", Self.device, body: patch)
        let module = try host.http("PATCH", Self.module, body: patch)
        #expect(device.status == 200)
        #expect(device.body["properties"]["desired"]["a"]["b"].int == 1)
        #expect(device.body["capabilities"]["iotEdge"].bool == true)
        let own: Set = ["capabilities", "deviceScope", "parentScopes"]
        #expect(device.body.keys == module.body.keys.subtracting(["moduleId"]).union(own))
        #expect(device.body["deviceScope"].string?.hasPrefix("ms-azure-iot-edge://Hannover01-") == true)
        #expect(device.body["parentScopes"].array.isEmpty)
        #expect(try host.json("twin")["properties"]["desired"]["a"]["b"].int == 1)
        let stale = try host.http("PATCH", Self.device, body: patch, headers: ["If-Match: \"AAAAAAAAAAA=\""])
        #expect(stale.status == 412)
        let replaced = try host.http("PUT", Self.device, body: #"{"properties":{"desired":{"c":3}}}"#).body["properties"]["desired"]
        #expect(replaced.keys == ["c", "$metadata", "$version"])
        // Module and device have nothing in common but the host.
        #expect(try host.http("GET", Self.module).body["properties"]["desired"]["a"]["b"].int == 1)
    }

    @Test(arguments: MartletProgram.all) func `of clients that race with one etag or one version exactly one wins`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let before = try host.json("twin", "probe")
        let rounds = 25
        let won = try host.python(Self.race, host.folder.path("run/management.sock"), Self.module, "\(rounds)")
        #expect(won == "ok")
        let twin = try host.json("twin", "probe")
        // Each round has two winners, one by etag and one by version, and each loser changed nothing.
        let version = { (twin: JSONValue) in twin["properties"]["desired"]["$version"].int ?? 0 }
        #expect(version(twin) == version(before) + 2 * rounds)
        #expect(twin["properties"]["desired"]["count"].int == 2 * rounds)
    }

    private static let race = """
        import http.client, json, socket, sys, threading
        def ask(method, body=None, headers={}):
            c = http.client.HTTPConnection("localhost")
            c.sock = socket.socket(socket.AF_UNIX); c.sock.connect(sys.argv[1])
            c.request(method, sys.argv[2], body and json.dumps(body), headers)
            r = c.getresponse()
            return r.status, json.loads(r.read())
        def race(bodies, headers):
            gate, results = threading.Barrier(len(bodies)), []
            def run(body):
                gate.wait(); results.append(ask("PATCH", body, headers)[0])
            threads = [threading.Thread(target=run, args=[b]) for b in bodies]
            for t in threads: t.start()
            for t in threads: t.join()
            assert sorted(results) == [200] + [412] * (len(bodies) - 1), results
        for n in range(int(sys.argv[3])):
            twin = ask("GET")[1]
            body = {"properties": {"desired": {"count": 2 * n + 1}}}
            race([body] * 4, {"If-Match": '"%s"' % twin["etag"]})
            version = ask("GET")[1]["properties"]["desired"]["$version"]
            race([{"properties": {"desired": {"count": 2 * n + 2, "$version": version}}}] * 4, {})
        print("ok")
        """

    @Test(arguments: MartletProgram.all) func `a twin that was read, edited and sent back counts once`(_ program: MartletProgram) throws {
        let host = try host(program)
        let read = try host.http("GET", Self.module).text
        let edited = try host.python(
            "import json,sys; t=json.loads(sys.argv[1]); t['properties']['desired']['limit']=6; print(json.dumps(t))", read)
        let first = try host.http("PUT", Self.module, body: edited)
        #expect(first.status == 200, "\(first.text)")
        #expect(first.body["properties"]["desired"]["limit"].int == 6)
        #expect(first.body["properties"]["desired"]["nested"]["b"]["c"].int == 2)
        let second = try host.http("PUT", Self.module, body: edited)
        #expect(second.status == 412)
        #expect(second.body["Message"].string?.contains("version") == true)
    }

    @Test(arguments: MartletProgram.all) func `what is over a limit is refused with its path, the limit and the value`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let long = { (count: Int) in String(repeating: "x", count: count) }
        let deep = { (levels: Int) in String(repeating: #"{"d":"#, count: levels) + "1" + String(repeating: "}", count: levels) }
        let many = (0..<9).map { #""k\#($0)":"\#(long(4000))""# }.joined(separator: ",")
        let refused: [(section: String, body: String, parts: [String])] = [
            ("desired", #"{"a":{"\#(long(1025))":1}}"#, ["desired.a", "1025", "1024"]),
            ("desired", #"{"a":{"name":"\#(long(4097))"}}"#, ["desired.a.name", "4097", "4096"]),
            ("desired", #"{"n":4503599627370496}"#, ["desired.n", "4503599627370496", "4503599627370495"]),
            ("desired", #"{"n":-4503599627370497}"#, ["desired.n", "-4503599627370497", "-4503599627370496"]),
            ("desired", #"{"a":\#(deep(11))}"#, ["desired.a", "11", "10"]),
            ("desired", #"{"a.b":1}"#, ["desired.\"a.b\"", "U+002E"]),
            ("desired", #"{"a":{"$b":1}}"#, ["desired.a.\"$b\"", "U+0024"]),
            ("desired", #"{"a":[1,null]}"#, ["desired.a[1]", "null"]),
            ("desired", "{\(many)}", ["desired", "bytes", "32768"]),
            ("tags", #"{"site":{"x":"\#(long(4097))"}}"#, ["tags.site.x", "4097", "4096"]),
            ("tags", "{\(many.prefix(12_100).split(separator: ",").prefix(3).joined(separator: ","))}", ["tags", "12006", "8192"]),
        ]
        for path in [Self.module, Self.device] {
            let before = try host.http("GET", path).body["etag"].string
            for (section, body, parts) in refused {
                let whole = section == "tags" ? #"{"tags":\#(body)}"# : #"{"properties":{"desired":\#(body)}}"#
                for method in ["PATCH", "PUT"] {
                    let answer = try host.http(method, path, body: whole)
                    #expect(answer.status == 400 || answer.status == 413, "\(body.prefix(80))")
                    for part in parts { #expect(answer.body["Message"].string?.contains(part) == true, "\(part): \(answer.text)") }
                }
            }
            #expect(try host.http("GET", path).body["etag"].string == before)
        }
        // Exactly at the limit is fine.
        let fits = #"{"properties":{"desired":{"\#(long(1024))":"\#(long(4096))","n":4503599627370495,"d":\#(deep(10))}}}"#
        #expect(try host.http("PATCH", Self.module, body: fits).status == 200)
        let report = try host.json("invoke", "probe", "report", #"{"a":{"b":"\#(long(4097))"}}"#)
        #expect(report["status"].int == 500)
        #expect(try host.json("twin", "probe")["properties"]["reported"]["$version"].int == 1)
    }

    @Test(arguments: MartletProgram.all) func `reported properties that no cloud has taken are shown as one patch`(
        _ program: MartletProgram
    )
        throws
    {
        let host = try host(program)
        let none = try host.json("twin", "probe", "--pending")
        #expect(none["patch"].keys.isEmpty && none["isCloudKnown"].bool == false && none["refused"].array.isEmpty)
        _ = try host.invoke("probe", "report", #"{"a":{"x":1,"y":2},"b":1}"#)
        _ = try host.invoke("probe", "report", #"{"a":{"x":3},"b":null}"#)
        let pending = try host.http("GET", Self.module + "/pending").body
        #expect(pending["patch"].text == #"{"a":{"x":3,"y":2}}"#)
        #expect(pending["version"].int == (try host.json("twin", "probe")["properties"]["reported"]["$version"].int))
        #expect(try host.json("twin", "--pending")["patch"].keys.isEmpty)
        let unknown = try host.http("GET", "/twins/Hannover01/modules/nobody/pending")
        #expect(unknown.status == 404 && unknown.body["Message"].string?.contains("nobody") == true)
        #expect(try host.martlet("twin", "nobody", "--pending").code == 1)
    }
}
