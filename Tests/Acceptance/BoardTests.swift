import Foundation
import TestSupport
import Testing

/// The programs of the boards, under emulation: the sample device with what runs on the host's own loop.
///
/// A child is started through /proc/self/exe, which the kernel cannot run for another machine unless its binfmt_misc knows the
/// emulator. Executables and functions in a process of their own are therefore left out here; they are the same code on this machine.
@Suite(.enabled(if: !MartletProgram.emulated.isEmpty, "MARTLET_DIST and MARTLET_BOARDS name programs that need emulation"))
struct BoardTests {
    private func host(_ program: MartletProgram) throws -> Host {
        let host = try Host(program, Manifest())
        let modules = program.path.replacing("/bin/martlet", with: "/lib/martlet/modules")
        for name in try FileManager.default.contentsOfDirectory(atPath: modules) where name.hasSuffix(".so") {
            try host.install(modules + "/" + name)
        }
        let sample = try String(contentsOfFile: MartletProgram.sources + "/modules-sample/hannover01.json", encoding: .utf8)
        host.manifest = try Manifest(parsing: sample)
        for name in ["logger", "mean"] {
            host.manifest.modules[name] = nil
            host.manifest.desired[name] = nil
        }
        host.manifest.routes = host.manifest.routes.filter { !($0.key.hasSuffix("ToLogger") || $0.key.hasSuffix("ToMean")) }
        var settings = try #require(host.manifest.modules["pid"]?["settings"] as? [String: Any])
        settings["isolation"] = "loop"
        host.manifest.modules["pid"]?["settings"] = settings
        try host.writeManifest()
        return host
    }

    @Test(arguments: MartletProgram.emulated) func `the sample device runs, keeps its state and ends in order`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        try host.start("telemetry", "filter", "pid")
        #expect(Set(try host.json("list", "--json").array.compactMap { $0["status"].string }) == ["running"])
        #expect(try host.invoke("pid", "configure", "[2, 0, 0]").isNull)
        #expect(try host.invoke("pid", "setpoint", "[30]").isNull)
        #expect(try host.invoke("pid", "update", "[10, 1]").double == 40)
        let parts = try host.invoke("pid", "parts")["outputs"][0]
        #expect(parts["output"].double == parts["error"].double.map { 2 * $0 } && parts["side"].int == 0)
        let limits = try host.follow("monitor", "--output", "pid/limit", "--count", "1")
        try host.waitUntil {
            for setpoint in ["[1000]", "[-1000]"] {
                _ = try host.invoke("pid", "setpoint", setpoint)
                _ = try host.invoke("pid", "update", "[10, 1]")
            }
            return !limits.output.lines.isEmpty
        }

        _ = try host.json("twin", "telemetry", "--desired", #"{"periodMs":50}"#)
        _ = try host.json("twin", "filter", "--desired", #"{"limit":-1}"#)
        let monitor = try host.martlet("monitor", "--count", "2")
        #expect(monitor.code == 0)
        let alert = try JSONValue(parsing: String(monitor.output.prefix { $0 != "\n" }))
        #expect(alert["module"].string == "filter")
        #expect(alert["properties"]["level"].string == "high")
        #expect(alert["body"]["cpuPercent"].double != nil)
        try host.waitUntil { try host.upstreamLength() >= 2 }
        try host.waitUntil { try host.json("twin", "telemetry")["properties"]["reported"]["periodMs"].int == 50 }
        let generation = try host.http("GET", "/identities/filter").body["generationId"].string
        #expect(generation != nil)
        #expect(try host.end(SIGKILL) == .signal(SIGKILL))

        try host.start("telemetry", "filter", "pid")
        #expect(try host.json("twin", "filter")["properties"]["desired"]["limit"].int == -1)
        #expect(try host.http("GET", "/identities/filter").body["generationId"].string == generation)
        #expect(try host.upstreamLength() >= 2)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.emulated) func `an image of another machine is refused, and all others run`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        host.manifest.library("foreign", "libprobe.so")
        try host.install(try Images.probe)
        try host.writeManifest()
        try host.start("telemetry", "filter", "pid")
        let foreign = try host.module("foreign")
        #expect(foreign["status"].string == "failed")
        #expect(foreign["description"].string?.contains("was built for") == true)
        #expect(try host.end() == .exit(0))
    }
}
