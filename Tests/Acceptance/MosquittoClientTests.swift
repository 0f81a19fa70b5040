import Foundation
import TestSupport
import Testing

/// `mosquitto_pub` and `mosquitto_sub` as they come with Debian, over TLS and over the socket.
struct MosquittoClientTests {
    enum Way: CaseIterable { case tls, socket }

    /// Arguments of both programs: where, and who.
    private func arguments(_ host: Host, _ way: Way, _ name: String, token: String? = nil, id: String? = nil) throws -> [String] {
        let place =
            switch way {
            case .tls: ["-h", host.address, "-p", "8883", "--cafile", try host.trustBundle()]
            case .socket: ["--unix", host.mqttSocket]
            }
        let client = "Hannover01/\(name)"
        return place + ["-V", "311", "-i", id ?? client, "-u", "martlet.local/\(client)/?api-version=2021-04-12"]
            + ["-P", try token ?? host.token(name)]
    }

    private func publish(_ arguments: [String], _ topic: String, _ body: String, _ more: String...) throws -> ProgramResult {
        try runProgram(["/usr/bin/mosquitto_pub"] + arguments + ["-q", "1", "-t", topic, "-m", body] + more)
    }

    private let events = "devices/Hannover01/modules/hostile/messages/events/"

    @Test(arguments: MartletProgram.all, Way.allCases) func `what is published is routed, and subscribers get it`(
        _ program: MartletProgram, _ way: Way
    ) throws {
        let host = try MQTTClients.host(program) { $0.route("across", from: "hostile", output: "across", into: "honest/inputs/a b") }
        // Without a clean session, so that nothing is lost between two runs of it.
        let filter = "devices/Hannover01/modules/honest/inputs/#"
        let subscriber = try arguments(host, way, "honest") + ["-c", "-q", "1", "-t", filter]
        let ready = try runProgram(["/usr/bin/mosquitto_sub"] + subscriber + ["-E"])
        #expect(ready.code == 0, "\(ready.errors)")

        let sender = try arguments(host, way, "hostile")
        #expect(try publish(sender, events + "%24.on=across&k%201=%C3%BC&%24.mid=m1", #"{"n":1}"#).code == 0)
        #expect(try publish(sender, events + "%24.on=across", "second", "-r").code == 0)
        #expect(try publish(sender, events + "%24.on=out", "to the cloud").code == 0)

        let got = try runProgram(["/usr/bin/mosquitto_sub"] + subscriber + ["-C", "2", "-F", "%t %p"])
        let lines = got.output.split(separator: "\n")
        try #require(got.code == 0 && lines.count == 2, "\(got.errors)")
        #expect(lines[0].hasPrefix("devices/Hannover01/modules/honest/inputs/a b/") && lines[0].hasSuffix(#" {"n":1}"#), "\(lines[0])")
        for part in ["k%201=%C3%BC", "%24.mid=m1", "%24.cmid=hostile", "%24.cdid=Hannover01"] {
            #expect(lines[0].contains(part), "\(lines[0])")
        }
        #expect(lines[1].contains("mqtt-retain=true") && lines[1].hasSuffix(" second"), "\(lines[1])")
        #expect(try host.upstreamLength() == 1)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all, Way.allCases) func `wrong credentials are refused, each with its code`(
        _ program: MartletProgram, _ way: Way
    ) throws {
        let host = try MQTTClients.host(program)
        func refusal(_ arguments: [String]) throws -> String { try publish(arguments, events + "%24.on=out", "x").errors }
        for token in [try host.token("honest"), "SharedAccessSignature sr=x&sig=y&se=1", "password"] {
            let errors = try refusal(try arguments(host, way, "hostile", token: token))
            #expect(errors.contains("not authorised"), "\(errors)")
        }
        #expect(try refusal(try arguments(host, way, "hostile", id: "Hannover01/honest")).contains("identifier rejected"))
        var nameless = try arguments(host, way, "hostile")
        nameless[try #require(nameless.firstIndex(of: "-u")) + 1] = "hostile"
        #expect(try refusal(nameless).contains("unavailable"))
        if way == .tls {
            // Who does not trust this device's certificate does not connect, and one for another name is no better.
            var stranger = try arguments(host, way, "hostile")
            stranger[try #require(stranger.firstIndex(of: "--cafile")) + 1] = "/etc/ssl/certs/ca-certificates.crt"
            #expect(try publish(stranger, events, "x").code != 0)
        }
        #expect(try host.upstreamLength() == 0)
        // Right ones still are right.
        #expect(try publish(try arguments(host, way, "hostile"), events + "%24.on=out", "x").code == 0)
        #expect(try host.upstreamLength() == 1)
    }

    @Test(arguments: MartletProgram.all) func `the socket is its owner's, and there is no port that was not asked for`(
        _ program: MartletProgram
    ) throws {
        let host = try MQTTClients.host(program) { $0.host["listen"] = nil }
        let mode = try FileManager.default.attributesOfItem(atPath: host.mqttSocket)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let sockets = try runProgram(["/usr/bin/python3", "-c", listening, "\(try #require(host.process?.pid))"])
        #expect(sockets.output == "[]\n", "\(sockets.output)")
        #expect(try publish(try arguments(host, .socket, "hostile"), events + "%24.on=out", "x").code == 0)
    }

    /// Prints the TCP ports on which a process listens.
    private let listening = """
        import os, sys
        own = set()
        for descriptor in os.listdir(f"/proc/{sys.argv[1]}/fd"):
            target = os.readlink(f"/proc/{sys.argv[1]}/fd/{descriptor}")
            if target.startswith("socket:["): own.add(target[8:-1])
        ports = []
        for table in ("tcp", "tcp6"):
            for row in open(f"/proc/net/{table}").read().splitlines()[1:]:
                cells = row.split()
                if cells[3] == "0A" and cells[9] in own: ports.append(cells[1])
        print(ports)
        """
}
