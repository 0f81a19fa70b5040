import HTTP
import JSON
import Management
import Testing

/// Twins over the service API: bodies, headers and errors.
@Suite struct TwinRouteTests {
    private let path: [Text] = ["twins", "D", "modules", "a"]

    @Test func `twins are changed under their etag`() throws {
        let bench = try Bench()
        #expect(bench.ask(.get, path).headers["ETag"] == "\"AAE=\"")
        let body = #"{"properties":{"desired":{"t":null,"$version":3,"$metadata":{}},"reported":{"x":1}},"tags":{"k":1}}"#
        #expect(bench.ask(.patch, path, headers: ["If-Match": "\"old\""], body: body).status == 412)
        let changed = bench.ask(.patch, path, headers: ["If-Match": "\"AAE=\""], body: body)
        #expect(changed.status == 200)
        #expect(changed.headers["ETag"] == "\"NEW=\"")
        #expect(bench.ask(.patch, path, headers: ["If-Match": "NEW="], body: body).status == 200)
        #expect(bench.ask(.put, ["twins", "D"], headers: ["If-Match": "*"], body: #"{"tags":{}}"#).status == 200)
        #expect(bench.ask(.get, ["twins", "D", "modules", "z"]).status == 404)
        #expect(
            bench.device.asked == [String](repeating: #"patch a {"t":null,"$version":3,"$metadata":{}} {"k":1}"#, count: 3) + [
                "replace - {} {}"
            ])
    }

    @Test func `a weak etag is never the current one`() throws {
        let bench = try Bench()
        #expect(bench.ask(.patch, path, headers: ["If-Match": #"W/"AAE=""#], body: #"{"tags":{}}"#).status == 412)
    }

    @Test(arguments: ["", "\"\"", "\"a\", \"b\"", "a b", "\"a", "a\""])
    func `an etag that is none is refused and changes nothing`(_ value: String) throws {
        let bench = try Bench()
        let answer = bench.ask(.patch, path, headers: ["If-Match": Text(value)], body: #"{"tags":{}}"#)
        #expect(answer.status == 400)
        #expect(answer.json?["Message"]?.string?.hasPrefix("If-Match is ") == true)
        #expect(bench.device.asked == [])
    }

    @Test(arguments: [
        (#"{"desired":{"a":1}}"#, "the body changes nothing: properties.desired or tags is expected"),
        (#"{"properties":{"reported":{"a":1}}}"#, "the body changes nothing: properties.desired or tags is expected"),
        (#"{"tags":1}"#, "tags is not a JSON object"),
        (#"{"tags":null}"#, "tags is not a JSON object"),
        (#"{"properties":[]}"#, "properties is not a JSON object"),
        (#"{"properties":{"desired":[]}}"#, "properties.desired is not a JSON object"),
        (#"{"deviceId":"E","tags":{}}"#, "deviceId is \"E\", but the path says \"D\""),
        (#"{"moduleId":"b","tags":{}}"#, "moduleId is \"b\", but the path says \"a\""),
    ])
    func `a body that is wrong is refused with the member that is`(_ body: String, _ message: String) throws {
        let bench = try Bench()
        for method in [HTTPMethod.patch, .put] {
            let answer = bench.ask(method, path, body: body)
            #expect(answer.status == 400)
            #expect(answer.json?["Message"] == .string(Text(message)))
        }
        #expect(bench.device.asked == [])
    }

    @Test func `the twin of a module is not that of the device`() throws {
        let bench = try Bench()
        #expect(
            bench.ask(.patch, ["twins", "D"], body: #"{"moduleId":"a","tags":{}}"#).json?["Message"]
                == "moduleId is \"a\", but the path says the device itself")
        #expect(bench.ask(.patch, ["twins", "D"], body: #"{"deviceId":"D","moduleId":null,"tags":{}}"#).status == 200)
    }

    @Test func `what no cloud has taken yet is shown`() throws {
        let bench = try Bench()
        #expect(bench.ask(.get, path + ["pending"]).json?["patch"] == ["of": "a"])
        #expect(bench.ask(.get, ["twins", "D", "pending"]).json?["patch"] == ["of": "-"])
        let unknown = bench.ask(.get, ["twins", "D", "modules", "z", "pending"])
        #expect(unknown.status == 404)
        #expect(unknown.json?["Message"] != nil)
    }
}
