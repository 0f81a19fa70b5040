import Deployment
import JSON
import Testing

@Suite struct DesiredChangeTests {
    @Test(arguments: [
        ("{}", "{}", "{}"),
        (#"{"a": 1}"#, #"{"a": 1}"#, "{}"),
        ("{}", #"{"a": {"b": 1}}"#, #"{"a":{"b":1}}"#),
        (#"{"a": 1, "b": 2}"#, #"{"b": 3}"#, #"{"b":3,"a":null}"#),
        (#"{"a": {"x": 1, "y": {"z": 1}}}"#, #"{"a": {"x": 1, "y": {}}}"#, #"{"a":{"y":{"z":null}}}"#),
        (#"{"a": {"x": 1}}"#, #"{"a": {}}"#, #"{"a":{"x":null}}"#),
        (#"{"a": {"x": 1}}"#, #"{"a": 5}"#, #"{"a":5}"#),
        (#"{"a": 5}"#, #"{"a": {"x": 1}}"#, #"{"a":{"x":1}}"#),
        (#"{"a": [1, 2]}"#, #"{"a": [1]}"#, #"{"a":[1]}"#),
        (#"{"a": [{"x": 1}]}"#, #"{"a": [{"x": 1}]}"#, "{}"),
        (#"{"a": null}"#, "{}", "{}"),
        (#"{"a": 1}"#, #"{"a": null}"#, #"{"a":null}"#),
        ("{\"e\u{301}\": 1}", "{\"\u{E9}\": 1}", "{\"\u{E9}\":1,\"e\u{301}\":null}"),
    ])
    func `the patch from one section to the next`(old: String, new: String, patch: String) throws {
        let old = try #require(try JSON.parse(old).object)
        let new = try #require(try JSON.parse(new).object)
        #expect(JSON.object(JSONObject.difference(from: old, to: new)).text == patch)
    }
}
