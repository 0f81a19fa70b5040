import HTTP
import JSON
import Management
import Testing

/// IoT Hub's registry of identities over the socket: bodies, headers and errors.
@Suite struct RegistryRouteTests {
    private let path: [Text] = ["devices", "D", "modules", "b"]

    @Test func `entries have the form of IoT Hub`() throws {
        let bench = try Bench()
        let entry: JSON = [
            "moduleId": "a", "managedBy": "IotEdge", "deviceId": "D", "generationId": "1", "etag": "AAE=",
            "authentication": ["type": "sas", "symmetricKey": ["primaryKey": "YQ==", "secondaryKey": "Yg=="]],
        ]
        #expect(bench.ask(.get, ["devices", "D", "modules"]).json == [entry])
        let one = bench.ask(.get, ["devices", "D", "modules", "a"])
        #expect(one.json == entry)
        #expect(one.headers["ETag"] == "\"AAE=\"")
        let device = bench.ask(.get, ["devices", "D"])
        #expect(device.json?["deviceId"] == "D")
        #expect(device.json?["moduleId"] == nil)
        #expect(device.json?["capabilities"] == ["iotEdge": true])
        #expect(device.json?["authentication"]?["symmetricKey"]?["primaryKey"] == "ZGV2aWNl")
        for missing in [["devices", "D", "modules", "z"], ["devices", "E"], ["devices", "E", "modules"]] as [[Text]] {
            let answer = bench.ask(.get, missing)
            #expect(answer.status == 404)
            #expect(answer.json?["Message"] != nil)
        }
        bench.device.registry[1].keys = nil
        #expect(bench.ask(.get, ["devices", "D", "modules", "a"]).json?["authentication"] == ["type": "none"])
        #expect(bench.ask(.get, ["identities", "a"]).json?["authType"] == "None")
    }

    @Test func `PUT makes an identity, with If-Match it changes one`() throws {
        let bench = try Bench()
        #expect(bench.ask(.put, path, headers: ["If-Match": "*"], body: "{}").status == 404)
        let made = bench.ask(.put, path, body: #"{"moduleId":"b","deviceId":"D","managedBy":"me"}"#)
        #expect(made.status == 201)
        #expect(made.json?["generationId"] == "2")
        #expect(made.headers["ETag"] == "\"AAE=\"")
        #expect(bench.ask(.put, path, body: "{}").status == 409)
        #expect(bench.ask(.put, path, headers: ["If-Match": "\"other\""], body: "{}").status == 412)
        #expect(bench.ask(.put, path, headers: ["If-Match": "\"AAE=\""], body: #"{"managedBy":null}"#).headers["ETag"] == "\"NEW=\"")
        #expect(bench.ask(.put, path, headers: ["If-Match": "NEW="], body: "{}").status == 200)
        #expect(
            bench.device.asked == [
                "update b * - -", "create b <me> -", "create b - -", "update b other - -", "update b AAE= <> -", "update b NEW= - -",
            ])
    }

    @Test func `DELETE answers with 204 and no body`() throws {
        let bench = try Bench()
        let gone = bench.ask(.delete, ["devices", "D", "modules", "a"], headers: ["If-Match": "*"])
        #expect(gone.status == 204)
        #expect(gone.body == [])
        #expect(bench.ask(.delete, ["devices", "D", "modules", "a"]).status == 404)
        #expect(bench.ask(.delete, ["devices", "D", "modules", "a"], headers: ["If-Match": ""]).status == 400)
        #expect(bench.device.asked == ["delete a *", "delete a -"])
    }

    @Test func `keys are given, derived, or there are none`() throws {
        let bench = try Bench()
        let (short, long) = (Base64.encode([UInt8](repeating: 7, count: 16)), Base64.encode([UInt8](repeating: 7, count: 64)))
        for authentication in [
            #"{"type":"sas","symmetricKey":{"primaryKey":"\#(short)","secondaryKey":"\#(long)"}}"#,
            #"{"symmetricKey":{"primaryKey":"\#(long)","secondaryKey":"\#(short)"}}"#,
            #"{"type":"sas"}"#, #"{"type":"sas","symmetricKey":{"primaryKey":null,"secondaryKey":null},"x509Thumbprint":null}"#,
            #"{"type":"none","symmetricKey":null,"x509Thumbprint":{"primaryThumbprint":null}}"#, "null",
        ] {
            _ = bench.ask(.put, path, headers: ["If-Match": "*"], body: #"{"authentication":\#(authentication)}"#)
        }
        #expect(
            bench.device.asked.map { $0.split(separator: " ").last }
                == ["16+64", "64+16", "derived", "derived", "none", "-"])
    }

    @Test func `an id is decoded once and must be one`() throws {
        let bench = try Bench()
        #expect(
            try bench.curl("-X", "PUT", "-d", "{}", "http://localhost/devices/D/modules/x%2523%23%2E").output.contains(
                #""moduleId":"x%23#.""#))
        #expect(bench.device.asked == ["create x%23#. - -"])
        for id in ["a/b", "ü", "a b", String(repeating: "x", count: 129)] {
            let answer = bench.ask(.put, ["devices", "D", "modules", Text(id)], body: "{}")
            #expect(answer.status == 400)
            #expect(answer.json?["Message"] != nil)
        }
    }

    @Test(arguments: [
        ("[]", "the body of the request: line 1, column 1: a JSON object is expected"),
        (#"{"moduleId":"c"}"#, #"moduleId is "c", but the path says "b""#),
        (#"{"moduleId":7}"#, #"moduleId is 7, but the path says "b""#),
        (#"{"deviceId":"E"}"#, #"deviceId is "E", but the path says "D""#),
        (#"{"managedBy":1}"#, "managedBy is 1: a string of at most 128 bytes is expected"),
        (#"{"managedby":"x"}"#, #""managedby" is no member of a module identity: managedBy and authentication can be set"#),
        (#"{"authentication":"sas"}"#, "authentication is no JSON object"),
        (
            #"{"authentication":{"type":"selfSigned"}}"#,
            #"authentication.type is "selfSigned": "sas" or "none" is expected; this host knows no other"#
        ),
        (#"{"authentication":{"kind":"sas"}}"#, #"authentication: "kind" is not known here: type and symmetricKey are expected"#),
        (
            #"{"authentication":{"x509Thumbprint":{"primaryThumbprint":"AB"}}}"#,
            #"authentication: "x509Thumbprint" is not known here: type and symmetricKey are expected"#
        ),
        (
            #"{"authentication":{"type":"none","symmetricKey":{"primaryKey":"SECRET"}}}"#,
            "authentication.symmetricKey: an identity of type none has no keys; leave them out, or say sas"
        ),
        (#"{"authentication":{"symmetricKey":"SECRET"}}"#, "authentication.symmetricKey is no JSON object"),
        (
            #"{"authentication":{"symmetricKey":{"primary":"SECRET"}}}"#,
            #"authentication.symmetricKey: "primary" is not known here: primaryKey and secondaryKey are expected"#
        ),
        (
            #"{"authentication":{"symmetricKey":{"primaryKey":"SECRET"}}}"#,
            "authentication.symmetricKey.primaryKey is no base64: base64 of 16 to 64 bytes is expected"
        ),
        (
            #"{"authentication":{"symmetricKey":{"primaryKey":"U0VDUkVU"}}}"#,
            "authentication.symmetricKey.primaryKey has 6 bytes: base64 of 16 to 64 bytes is expected"
        ),
        (
            #"{"authentication":{"symmetricKey":{"primaryKey":"U0VDUkVUU0VDUkVUU0VDUkVU"}}}"#,
            "authentication.symmetricKey.secondaryKey is missing: base64 of 16 to 64 bytes is expected"
        ),
        (
            #"{"authentication":{"symmetricKey":{"primaryKey":1,"secondaryKey":null}}}"#,
            "authentication.symmetricKey.primaryKey is no string: base64 of 16 to 64 bytes is expected"
        ),
    ])
    func `a body that is wrong is refused with its member and without its secrets`(_ body: String, _ message: String) throws {
        let bench = try Bench()
        for headers in [[:], ["If-Match": "*"]] as [HTTPHeaders] {
            let answer = bench.ask(.put, path, headers: headers, body: body)
            #expect(answer.status == 400)
            #expect(answer.json?["Message"] == .string(Text(message)))
            #expect(!answer.text.contains("SECRET") && !answer.text.contains("U0VDUkVU"))
        }
        #expect(bench.device.asked == [])
    }
}
