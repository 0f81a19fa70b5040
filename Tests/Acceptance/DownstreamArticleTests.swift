import Foundation
import TestSupport
import Testing

/// The article on downstream devices: its manifest is valid, and its commands and requests do what it says, as they stand there.
struct DownstreamArticleTests {
    private static let article = MartletProgram.sources + "/Sources/martlet/Martlet.docc/Downstream-devices.md"

    /// The code blocks, without the line that begins them.
    private func blocks() throws -> [String] {
        let text = try String(contentsOfFile: Self.article, encoding: .utf8)
        return text.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map { block in
            block.element.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().joined(separator: "\n")
        }
    }

    private func children() throws -> [[String: Any]] {
        let block = try #require(try blocks().first)
        let object = try JSONSerialization.jsonObject(with: Data("{\(block)}".utf8)) as? [String: Any]
        return try #require(object?["children"] as? [[String: Any]])
    }

    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.device["children"] = try children()
        manifest.executable("insight", "insight.sh")
        let route = try #require(try blocks().first { $0.hasPrefix("FROM ") })
        manifest.routes["readings"] = route.trimmingCharacters(in: .newlines)
        let host = try Host(program, manifest)
        try host.install(script: Scripts.patient, as: "insight.sh")
        try host.start("insight")
        return host
    }

    private func run(_ line: String, _ host: Host) throws -> ProgramResult {
        try runProgram(
            ["/bin/bash", "-c", "martlet() { \(host.program.command.joined(separator: " ")) \"$@\"; }\n\(line)"],
            environment: ["MARTLET_RUNTIME": host.folder.path("run")], folder: host.folder.path)
    }

    @Test(arguments: MartletProgram.all) func `the article's commands work`(_ program: MartletProgram) throws {
        let host = try host(program)
        let commands = try blocks().flatMap { $0.split(separator: "\n").map { String($0) } }.filter { $0.hasPrefix("martlet ") }
        #expect(commands.count == 9)
        for command in commands {
            let result = try run(command, host)
            #expect(result.code == 0, "\(command): \(result.errors)")
            // A message that was sent and a device that sends nothing leave nothing to say.
            #expect((result.output == "") == (command.contains("send") || command.contains("monitor")), "\(command)")
        }
        let twin = try host.json("twin", "/devices/sensor-7")
        #expect(twin["properties"]["desired"]["interval"].int == 5)
        #expect(twin["cloudToDeviceMessageCount"].int == 1)
        let queue = try #require(try host.json("queues", "--json").array.first { $0["endpoint"].string == "sensor-7/messages/devicebound" })
        #expect(queue["length"].int == 1 && queue["persistence"].string == "disk")
        let string = try run("martlet identity /devices/sensor-7 --connection-string", host).output
        let key = try #require(try children().first?["key"] as? String)
        #expect(string == "HostName=martlet.local;DeviceId=sensor-7;SharedAccessKey=\(key);GatewayHostName=localhost\n")
        let call = try run("martlet invoke /devices/sensor-7 blink", host)
        #expect(call.code != 0 && call.errors.contains("/devices/sensor-7 is not connected"))
    }

    @Test(arguments: MartletProgram.all) func `the article's requests have the answers that it names`(_ program: MartletProgram) throws {
        let host = try host(program)
        #expect(try host.http("GET", "/twins/sensor-7").status == 200)
        #expect(try host.http("POST", "/twins/sensor-7/methods", body: #"{"methodName":"blink"}"#).status == 404)
        #expect(try host.http("PUT", "/devices/sensor-7", body: "{}").status == 400)
        #expect(try host.http("GET", "/devices").body.array.map { $0["deviceId"].string } == ["Hannover01", "sensor-7"])
        for count in 1...51 {
            let answer = try host.http("POST", "/devices/sensor-7/messages/devicebound", body: #"{"bodyText":"hello"}"#)
            #expect(answer.status == (count <= 50 ? 204 : 429))
        }
        let large = String(repeating: "x", count: 64 * 1024 + 1)
        #expect(try host.http("POST", "/devices/sensor-7/messages/devicebound", body: "{\"bodyText\":\"\(large)\"}").status == 413)
        let generation = try host.json("identity", "/devices/sensor-7", "--json")["generationId"].string
        #expect(try host.http("DELETE", "/devices/sensor-7").status == 204)
        let anew = try host.json("identity", "/devices/sensor-7", "--json")["generationId"].string
        #expect(anew != nil && anew != generation)
        #expect(try host.http("GET", "/twins/sensor-7").body["cloudToDeviceMessageCount"].int == 0)
    }

    @Test(arguments: MartletProgram.all) func `what the manifest says of devices counts at once`(_ program: MartletProgram) throws {
        let host = try host(program)
        let generation = try host.json("identity", "/devices/sensor-7", "--json")["generationId"].string
        host.manifest.device["children"] = [["id": "sensor-8", "key": "ZmVkY2JhOTg3NjU0MzIxMA=="]]
        try host.writeManifest()
        try host.waitUntil { try host.martlet("identity", "/devices/sensor-8").code == 0 }
        let before = try host.json("identity", "/devices/sensor-7", "--json")
        #expect(before["authentication"]["type"].string == "none" && before["generationId"].string == generation)
        #expect(try host.http("POST", "/devices/sensor-7/messages/devicebound", body: #"{"body":1}"#).status == 404)
        host.manifest.device["children"] = try children()
        try host.writeManifest()
        try host.waitUntil { try host.json("identity", "/devices/sensor-7", "--json")["authentication"]["type"].string == "sas" }
    }
}
