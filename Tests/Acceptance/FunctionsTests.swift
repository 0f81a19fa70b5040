import Foundation
import TestSupport
import Testing

/// A plain C library, bound by the manifest, in a process of its own and on the host's loop.
struct FunctionsTests {
    private func host(_ program: MartletProgram, _ isolation: String) throws -> Host {
        var manifest = Manifest()
        let polls: [[String: Any]] = [
            ["function": "count", "everyMs": 10, "output": "counts"],
            ["function": "add", "arguments": [1.5, 2], "everyMs": 10, "output": "sums"],
        ]
        let settings: [String: Any] = ["isolation": isolation, "polls": polls]
        manifest.functions("plain", "libplain.so", PlainSource.functions, ["settings": settings])
        manifest.routeUpstream("up", from: "plain")
        let host = try Host(program, manifest, images: [try Images.plain])
        try host.start("plain")
        return host
    }

    @Test(arguments: MartletProgram.all, ["process", "loop"])
    func `polls send what their functions return`(_ program: MartletProgram, _ isolation: String) throws {
        let host = try host(program, isolation)
        let counts = try host.martlet("monitor", "--output", "plain/counts", "--count", "3")
        #expect(counts.code == 0)
        let values = try counts.output.split(separator: "\n").compactMap { try JSONValue(parsing: String($0))["body"]["value"].int }
        #expect(values.count == 3)
        #expect(values.first.map { [$0, $0 + 1, $0 + 2] } == values)
        let sum = try JSONValue(parsing: try host.martlet("monitor", "--output", "plain/sums", "--count", "1").output)
        #expect(sum["body"]["value"].double == 3.5)
        #expect(sum["systemProperties"]["contentType"].string == "application/json")
    }

    @Test(arguments: MartletProgram.all, ["process", "loop"])
    func `wrong arguments are refused with 400, unknown functions with 404`(_ program: MartletProgram, _ isolation: String) throws {
        let host = try host(program, isolation)
        for payload in ["[1]", "[1,2,3]", #"["a",2]"#, "[null,1]", "{}", "7"] {
            let answer = try host.json("invoke", "plain", "add", payload)
            #expect(answer["status"].int == 400, "\(payload)")
            #expect(answer["payload"].raw != nil, "\(payload)")
        }
        #expect(try host.json("invoke", "plain", "nothing")["status"].int == 404)
        #expect(try host.invoke("plain", "add", "[1, 2]").double == 3)
        #expect(try host.invoke("plain", "greet", #"["ü\u0001\"x"]"#).string == "moin ü\u{1}\"x")
        #expect(try host.module("plain")["isolation"].string == isolation)
        #expect((try host.module("plain")["pid"].int != nil) == (isolation == "process"))
    }
}
