import Foundation
import TestSupport
import Testing

/// The metrics port of a device.
struct MetricsTests {
    /// An address of this machine that no other test uses.
    private static func address(port: Int = 9600) -> String {
        "127.\(Int.random(in: 1...250)).\(Int.random(in: 1...250)).\(Int.random(in: 1...250)):\(port)"
    }

    private func page(_ address: String) throws -> (status: String, lines: [String]) {
        let result = try runProgram(["/usr/bin/curl", "-sS", "--max-time", "10", "-w", "\n%{http_code}", "http://\(address)/metrics"])
        guard result.code == 0 else { throw Late("curl: \(result.errors)") }
        var lines = result.output.split(separator: "\n").map { String($0) }
        return (lines.removeLast(), lines)
    }

    /// The value of a series, by its name and some of its labels.
    private func value(_ lines: [String], _ name: String, _ labels: String...) -> Double? {
        let line = lines.first { line in
            line.hasPrefix(name + "{") && labels.allSatisfy { line.contains($0) }
        }
        return line?.split(separator: " ").last.flatMap { Double($0) }
    }

    @Test(arguments: MartletProgram.all) func `nothing listens unless the manifest says so, and then what happened can be read`(
        _ program: MartletProgram
    ) throws {
        let address = Self.address()
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so", ["version": "1.2"])
        manifest.library("late", "libprobe.so", ["status": "stopped"])
        manifest.routes["in"] = [
            "route": "FROM /messages/modules/probe/outputs/out INTO BrokeredEndpoint(\"/modules/late/inputs/in\")", "persistence": "disk",
        ]
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        #expect(throws: Late.self) { try page(address) }
        let pid = try #require(host.process?.pid)
        #expect(try runProgram(["/usr/bin/env", "ss", "-ltnHp"]).output.contains("pid=\(pid),") == false)

        host.manifest.host["listen"] = ["metrics": address]
        let start = host.logEnd
        try host.writeManifest()
        try host.log(from: start, holding: "metrics on http://\(address)/metrics")
        for n in 1...3 { _ = try host.invoke("probe", "send", "\(n)") }
        _ = try host.invoke("probe", "report", #"{"a":1}"#)
        _ = try host.invoke("$edgeAgent", "ping")
        // It waits in memory, beside the others.
        #expect(try host.martlet("send", "late/in", "1").code == 0)
        let (status, lines) = try page(address)
        #expect(status == "200")
        let instance = lines.compactMap { $0.firstMatch(of: /instance_number="(\d+)"/)?.1 }.first
        for line in lines where !line.hasPrefix("#") {
            #expect(line.contains(#"{iothub="martlet.local",edge_device="Hannover01",instance_number="\#(instance ?? "")""#), "\(line)")
        }
        #expect(value(lines, "edgehub_connected_clients") == 1)
        #expect(value(lines, "edgehub_client_connect_success_total", #"id="Hannover01/probe""#) == 1)
        #expect(value(lines, "edgehub_queue_length", #"endpoint="late/in""#, #"persistence="disk""#, "priority=") == 3)
        #expect(value(lines, "edgehub_queue_length", #"endpoint="late/in""#, #"persistence="memory""#, "priority=") == 1)
        #expect(value(lines, "martlet_queue_bytes", #"endpoint="late/in""#) ?? 0 > 0)
        #expect(value(lines, "edgehub_messages_received_total", #"id="Hannover01/probe""#) == 3)
        #expect(value(lines, "edgehub_messages_sent_total", #"endpoint="late/in""#) == 0)
        #expect(value(lines, "edgehub_messages_dropped_total", #"reason="no_route""#, #"from="Hannover01/probe""#) == 0)
        #expect(value(lines, "edgehub_messages_dropped_total", #"reason="full""#, #"endpoint="late/in""#) == 0)
        #expect(value(lines, "edgehub_reported_properties_total", #"id="Hannover01/probe""#) == 1)
        #expect(value(lines, "edgehub_direct_methods_total", #"to="Hannover01/probe""#) == 4)
        #expect(value(lines, "edgeagent_direct_method_invocations_count", #"method_name="ping""#) == 1)
        #expect(value(lines, "edgeAgent_module_start_total", #"module_name="probe""#, #"module_version="1.2""#) == 1)
        #expect(value(lines, "edgeAgent_total_time_running_correctly_seconds", #"module_name="probe""#) ?? 0 > 0)
        #expect(value(lines, "edgeAgent_total_time_expected_running_seconds", #"module_name="late""#) == 0)
        #expect(value(lines, "edgeAgent_used_memory_bytes", #"module_name="host""#) ?? 0 > 100_000)
        #expect(value(lines, "edgeAgent_available_disk_space_bytes", #"disk_name="state""#) ?? 0 > 0)
        // Prometheus takes nothing that comes twice.
        let series = lines.filter { !$0.hasPrefix("#") }.map { $0[..<($0.lastIndex(of: " ") ?? $0.endIndex)] }
        #expect(Set(series).count == series.count)
        // A family comes once, with its kind.
        let families = lines.filter { $0.hasPrefix("# TYPE ") }
        #expect(Set(families).count == families.count)
        // The article names them all, and no others.
        let article = try String(
            contentsOfFile: MartletProgram.sources + "/Sources/martlet/Martlet.docc/Methods-and-metrics.md", encoding: .utf8)
        let told = article.matches(of: /`((?:edgehub|edgeAgent|edgeagent|martlet)_\w+)`/).map { String($0.1) }
        #expect(Set(families.compactMap { $0.split(separator: " ").dropFirst(2).first.map { String($0) } }) == Set(told))
        if let checker = try? runProgram(["/usr/bin/promtool", "--version"]), checker.code == 0 {
            let text = lines.joined(separator: "\n") + "\n"
            let checked = try runProgram(["/usr/bin/promtool", "check", "metrics"], input: Array(text.utf8))
            #expect(!checked.errors.contains("error"), "\(checked.errors)")
        }
    }

    @Test(arguments: MartletProgram.all) func `the port moves and closes with the manifest, and one that is taken is told`(
        _ program: MartletProgram
    ) throws {
        let (first, second, taken) = (Self.address(), Self.address(port: 9601), Self.address())
        let other = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(other) }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = in_port_t(9600).bigEndian
        place.sin_addr.s_addr = inet_addr(String(taken.dropLast(5)))
        let bound = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(other, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        try #require(bound == 0 && listen(other, 1) == 0)
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.host["listen"] = ["metrics": taken]
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        try host.log(holding: "host.listen.metrics: cannot listen on \(taken): address already in use; another program listens there")
        func move(_ address: String?) throws {
            host.manifest.host["listen"] = address.map { ["metrics": $0] } ?? [:]
            let start = host.logEnd
            try host.writeManifest()
            try host.log(from: start, holding: address == nil ? "the manifest changed" : "metrics on http://")
        }
        try move(first)
        #expect(try page(first).status == "200")
        try move(second)
        #expect(try page(second).status == "200")
        #expect(throws: Late.self) { try page(first) }
        try move(nil)
        try host.waitUntil { (try? page(second)) == nil }
        #expect(try host.invoke("probe", "echo", "1").int == 1)
        #expect(try host.end() == .exit(0))
    }
}
