import Foundation
import TestSupport
import Testing

/// modules-sample/hannover01.json with the samples as they were built for this machine.
@Suite(.enabled(if: MartletProgram.sampleModules != nil, "MARTLET_DIST names the folder where Toolchain/build has left the samples"))
struct SampleDeviceTests {
    private func host(_ program: MartletProgram) throws -> Host {
        let host = try Host(program, Manifest())
        let samples = try #require(MartletProgram.sampleModules)
        for name in try FileManager.default.contentsOfDirectory(atPath: samples) { try host.install(samples + "/" + name) }
        // At an address of its own: the device of another test has the sample's.
        let address = try Loopback.address()
        let manifest = try String(contentsOfFile: MartletProgram.sources + "/modules-sample/hannover01.json", encoding: .utf8)
            .replacing(#""device": {"#, with: #""device": { "gatewayHostName": "\#(address)","#)
            .replacing("127.0.0.1:8883", with: "\(address):8883")
        try host.folder.write(manifest, to: "device.json")
        return host
    }

    @Test(arguments: MartletProgram.all) func `the sample manifest has no findings`(_ program: MartletProgram) throws {
        let host = try host(program)
        let check = try host.martlet("check", host.manifestPath)
        #expect(check.code == 0)
        #expect(!check.errors.contains("error") && !check.errors.contains("warning"), "\(check.errors)")
    }

    @Test(arguments: MartletProgram.all) func `telemetry flows through the filter to the logger and the cloud`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        try host.start("telemetry", "filter", "logger", "mean", "pid")
        #expect(Set(try host.json("list", "--json").array.compactMap { $0["status"].string }) == ["running"])

        // A limit under every reading lets everything pass; a short period need not be waited for.
        #expect(try host.json("twin", "filter", "--desired", #"{"limit":-1}"#)["properties"]["desired"]["limit"].int == -1)
        _ = try host.json("twin", "telemetry", "--desired", #"{"periodMs":20}"#)
        let monitor = try host.martlet("monitor", "--count", "2", "--timeout", "60")
        #expect(monitor.code == 0)
        let messages = try monitor.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(messages.count == 2)
        for message in messages {
            #expect(message["module"].string == "filter")
            #expect(message["output"].string == "alert")
            #expect(message["properties"]["level"].string == "high")
            #expect(message["body"]["cpuPercent"].double != nil)
        }

        let log = try host.follow("logs", "logger", "-f")
        try log.output.line(holding: "mean: {")
        try log.output.line(holding: "telemetry: {")
        try log.output.line(holding: "alert: {")
        try log.output.line(holding: "control: {")
        try host.waitUntil { try host.upstreamLength() >= 2 }
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `twins hold what the modules report`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.start("telemetry", "filter", "logger", "mean", "pid")
        _ = try host.json("twin", "telemetry", "--desired", #"{"periodMs":50}"#)
        _ = try host.martlet("monitor", "--output", "telemetry/telemetry", "--count", "3")
        // What was reported is in the twin once it is stored.
        try host.waitUntil {
            let reported = try host.json("twin", "telemetry")["properties"]["reported"]
            return reported["periodMs"].int == 50 && !reported["lastReading"].keys.isEmpty
        }
        #expect(try host.json("twin", "filter")["properties"]["reported"]["limit"].int == 80)
    }

    @Test(arguments: MartletProgram.all) func `the module of IoT Edge has its twin, its readings and its method`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        try host.start("telemetry", "mean")
        try host.waitUntil { try host.json("twin", "mean")["properties"]["reported"]["window"].int == 30 }
        _ = try host.json("twin", "telemetry", "--desired", #"{"periodMs":50}"#)
        let monitor = try host.martlet("monitor", "--output", "mean/mean", "--count", "3", "--timeout", "60")
        let message = try JSONValue(parsing: String(monitor.output.prefix { $0 != "\n" }))
        #expect(message["body"]["mean"].double != nil && message["properties"]["field"].string == "cpuPercent")
        _ = try host.json("twin", "mean", "--desired", #"{"window":2}"#)
        try host.waitUntil { try host.json("twin", "mean")["properties"]["reported"]["window"].int == 2 }
        #expect(try host.invoke("mean", "reset")["forgotten"].int ?? 0 > 0)
        #expect(try host.json("invoke", "mean", "dance")["status"].int == 404)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a plain C library answers direct methods`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.start("pid")
        #expect(try host.invoke("pid", "configure", "[2, 0, 0]").isNull)
        #expect(try host.invoke("pid", "setpoint", "[30]").isNull)
        // Proportional only: 2 · (30 − 10).
        #expect(try host.invoke("pid", "update", "[10, 1]").double == 40)
        #expect(try host.invoke("pid", "version").string != nil)
        let parts = try host.invoke("pid", "parts")["outputs"][0]
        // A poll may have come in between.
        #expect(parts["output"].double == parts["error"].double.map { 2 * $0 } && parts["integral"].double == 0 && parts["side"].int == 0)
        let wrong = try host.json("invoke", "pid", "update", "[1]")
        #expect(wrong["status"].int == 400)
        #expect(try host.json("invoke", "pid", "nonsense")["status"].int == 404)
        // It calls back when the output reaches its limit.
        #expect(try host.invoke("pid", "setpoint", "[1000]").isNull)
        #expect(try host.invoke("pid", "update", "[10, 1]").double == 100)
        let log = try host.follow("logs", "logger", "-f")
        try log.output.line(holding: "limit: {")
    }
}
