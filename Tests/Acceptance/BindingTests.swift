import Foundation
import TestSupport
import Testing

/// A plain C library with buffers, structs, callbacks, initial and final calls, bound by the manifest alone.
struct BindingTests {
    private static let isolations = ["loop", "thread", "process"]

    private func host(_ program: MartletProgram, _ isolation: String, _ change: (inout [String: Any]) -> Void = { _ in }) throws -> Host {
        let host = try Host(program, Manifest(), images: [try Images.meter])
        let notes = host.folder.path("notes")
        var settings: [String: Any] = [
            "isolation": isolation, "callbacks": MeterSource.callbacks,
            "polls": [["function": "read", "arguments": [["gain": 2, "offset": 1]], "everyMs": 10, "output": "readings"]],
            "initial": [["function": "open", "arguments": [notes, 3], "expect": 0]],
            "final": [["function": "close", "arguments": ["in order"]]],
        ]
        change(&settings)
        host.manifest.functions("meter", "libmeter.so", MeterSource.functions, ["settings": settings])
        try host.writeManifest()
        return host
    }

    @Test(arguments: MartletProgram.all, isolations)
    func `buffers and structs go in and out`(_ program: MartletProgram, _ isolation: String) throws {
        let host = try host(program, isolation)
        try host.start("meter")
        #expect(try host.invoke("meter", "checksum", #"["AQID"]"#).int == 6)
        #expect(try host.invoke("meter", "serial").text == #"{"outputs":["TS0wMDM="],"value":5}"#)
        #expect(try host.invoke("meter", "raw").text == #"{"outputs":["AwMDAw=="]}"#)
        #expect(try host.invoke("meter", "name").text == #"{"outputs":["bWV0ZXI="]}"#)
        #expect(
            try host.invoke("meter", "read", #"[{"gain":0.5,"offset":-1}]"#).text == #"{"outputs":[{"at":3,"value":0.5}],"value":true}"#)
        #expect(
            try host.invoke("meter", "double", #"[{"a":1,"b":-2.5,"c":true},21]"#).text == #"{"outputs":[{"a":2,"b":-5,"c":false},42]}"#)
        #expect(try host.module("meter")["isolation"].string == isolation)
    }

    @Test(arguments: MartletProgram.all, isolations)
    func `nothing wrong from a caller reaches the library`(_ program: MartletProgram, _ isolation: String) throws {
        let host = try host(program, isolation)
        try host.start("meter")
        let wrong = [
            ("checksum", #"["AQI"]"#, "base64"), ("checksum", "[1]", "base64"), ("checksum", "[]", "arguments given: 0"),
            ("serial", "[5]", "arguments given: 1"), ("read", "[{}]", "lacks the member \"gain\""),
            ("read", #"[{"gain":1,"offset":2,"bias":3}]"#, "\"bias\""), ("read", #"[{"gain":"x","offset":2}]"#, "\"gain\""),
            ("read", "[[1,2]]", "struct"), ("double", #"[{"a":128,"b":1,"c":true},1]"#, "from -128 to 127"),
            ("double", #"[{"a":1,"b":1,"c":true},1.5]"#, "int32"),
        ]
        for (name, payload, part) in wrong {
            let answer = try host.json("invoke", "meter", name, payload)
            #expect(answer["status"].int == 400, "\(name) \(payload)")
            #expect(answer["payload"]["message"].string?.contains(part) == true, "\(answer.text)")
        }
        // The function itself is wrong.
        let answer = try host.json("invoke", "meter", "liar")
        #expect(answer["status"].int == 500)
        #expect(answer["payload"]["message"].string?.contains("its length is 9, but it has 4 bytes") == true, "\(answer.text)")
        #expect(try host.invoke("meter", "checksum", #"["AQID"]"#).int == 6)
        #expect(try host.module("meter")["restartCount"].int == 0)
    }

    @Test(arguments: MartletProgram.all, isolations)
    func `what the library calls and what polls return become messages`(_ program: MartletProgram, _ isolation: String) throws {
        let host = try host(program, isolation)
        try host.start("meter")
        let alarms = try host.martlet("monitor", "--output", "meter/alarm", "--count", "3")
        #expect(alarms.code == 0)
        let bodies = try alarms.output.split(separator: "\n").map { try JSONValue(parsing: String($0))["body"]["arguments"] }
        let numbers = bodies.compactMap { $0.array.first?.int }
        #expect(numbers.first.map { [$0, $0 + 1, $0 + 2] } == numbers)
        for body in bodies {
            #expect(body.array.dropFirst().map { $0.text } == ["0.5", "\"zu heiß\"", "\"AAH/\"", #"{"channel":3,"limit":80.5}"#])
        }
        let reading = try JSONValue(parsing: try host.martlet("monitor", "--output", "meter/readings", "--count", "1").output)
        #expect(reading["body"].text == #"{"outputs":[{"at":3,"value":7}],"value":true}"#)
    }

    @Test(arguments: MartletProgram.all, isolations)
    func `it is opened before it is ready and closed when it stops, again and again`(_ program: MartletProgram, _ isolation: String) throws
    {
        let host = try host(program, isolation)
        try host.start("meter")
        let notes = { (try? String(contentsOfFile: host.folder.path("notes"), encoding: .utf8)) ?? "" }
        #expect(notes() == "open 3\non\n")
        #expect(try host.martlet("restart", "meter").code == 0)
        try host.waitUntil { notes() == "open 3\non\noff\nclose in order\nopen 3\non\n" }
        #expect(try host.end() == .exit(0))
        #expect(notes() == "open 3\non\noff\nclose in order\nopen 3\non\noff\nclose in order\n")
    }

    @Test(arguments: MartletProgram.all, isolations)
    func `an initial call that returns something else fails the start with both values`(_ program: MartletProgram, _ isolation: String)
        throws
    {
        let host = try host(program, isolation) {
            $0["initial"] = [["function": "open", "arguments": ["/nonexistent/notes", 3], "expect": 0]]
        }
        host.manifest.modules["meter"]?["restartPolicy"] = "never"
        try host.writeManifest()
        try host.launch()
        try host.log(holding: "initial[0]: function \"open\" returned -2, and 0 is expected")
    }

    @Test(arguments: MartletProgram.all)
    func `the library of mathematics needs nothing`(_ program: MartletProgram) throws {
        let path = try #require(Self.math)
        var manifest = Manifest()
        let number: [String: Any] = ["arguments": ["double"], "returns": "double"]
        let functions: [String: Any] = [
            "cos": number.merging(["symbol": "cos"]) { $1 }, "gamma": number.merging(["symbol": "tgamma"]) { $1 },
            "power": ["symbol": "pow", "arguments": ["double", "double"], "returns": "double"],
            "parts": ["symbol": "modf", "arguments": ["double", ["pointer": "double", "direction": "out"]], "returns": "double"],
        ]
        for isolation in Self.isolations { manifest.functions("m-" + isolation, path, functions, ["settings": ["isolation": isolation]]) }
        let host = try Host(program, manifest)
        #expect(try host.martlet("check", host.manifestPath).code == 0)
        try host.start("m-loop", "m-thread", "m-process")
        for isolation in Self.isolations {
            #expect(try host.invoke("m-" + isolation, "cos", "[0]").double == 1)
            #expect(try host.invoke("m-" + isolation, "power", "[2, 10]").double == 1024)
            #expect(try host.invoke("m-" + isolation, "gamma", "[5]").double == 24)
            #expect(try host.invoke("m-" + isolation, "parts", "[2.5]").text == #"{"outputs":[2],"value":0.5}"#)
            let sum = try runProgram(["/usr/bin/sha256sum", path]).output.prefix(64)
            #expect(try host.module("m-" + isolation)["digest"].string == "sha256:" + sum)
        }
        #expect(try host.end() == .exit(0))
    }

    /// Where this machine has libm.
    private static let math = ["x86_64-linux-gnu", "aarch64-linux-gnu", "arm-linux-gnueabihf"].map { "/lib/\($0)/libm.so.6" }
        .first { FileManager.default.fileExists(atPath: $0) }

    @Test(arguments: MartletProgram.all)
    func `check names symbols that are not there or no functions`(_ program: MartletProgram) throws {
        let host = try host(program, "process") {
            $0["callbacks"] = ["alarm": ["subscribe": "meter_onn", "arguments": ["user"], "output": "alarm"]]
            var functions = MeterSource.functions
            functions["version"] = ["symbol": "meter_version", "arguments": [], "returns": "int32"]
            $0["functions"] = functions
        }
        let result = try host.martlet("check", host.manifestPath)
        #expect(result.code == 2)
        #expect(result.errors.contains("function \"version\": the symbol \"meter_version\" is a variable and not a function"))
        #expect(result.errors.contains("callback \"alarm\": the library exports no symbol \"meter_onn\""))
        #expect(!result.errors.contains("function \"read\""))
    }
}
