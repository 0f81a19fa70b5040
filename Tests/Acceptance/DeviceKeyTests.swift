import Foundation
import TestSupport
import Testing

/// Where the device's master key comes from, and what happens when it cannot be used.
struct DeviceKeyTests {
    private static let secret = Data("0123456789abcdef0123456789abcdef".utf8).base64EncodedString()
    private static let path = "/devices/Hannover01/modules/probe"

    private func host(_ program: MartletProgram, _ device: Manifest.Object = [:]) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.device.merge(device) { $1 }
        return try Host(program, manifest, images: [try Images.probe])
    }

    private func primaryKey(_ host: Host, _ path: String = Self.path) throws -> String? {
        try host.http("GET", path).body["authentication"]["symmetricKey"]["primaryKey"].string
    }

    /// What Python derives from a master key.
    private func derivedKey(_ host: Host, _ master: String) throws -> String {
        let script = """
            import base64, hashlib, hmac, json, sys
            entry, master = json.loads(sys.argv[1]), base64.b64decode(sys.argv[2])
            text = "%s:%s:primary" % (entry["moduleId"], entry["generationId"])
            print(base64.b64encode(hmac.new(master, text.encode(), hashlib.sha256).digest()).decode())
            """
        return try host.python(script, try host.http("GET", Self.path).text, master)
    }

    @Test(arguments: MartletProgram.all, [false, true]) func `the key of a connection string is the master, and no file is made`(
        _ program: MartletProgram, _ isInFile: Bool
    ) throws {
        let string = "HostName=contoso.azure-devices.net;DeviceId=Hannover01;SharedAccessKey=\(Self.secret)"
        let host = try host(program, isInFile ? ["connectionStringFile": "secret/cs"] : ["connectionString": string])
        try FileManager.default.createDirectory(atPath: host.folder.path("secret"), withIntermediateDirectories: true)
        if isInFile { try host.folder.write(string + "\n", to: "secret/cs") }
        let check = try host.martlet("check", host.manifestPath)
        #expect(check.code == 0)
        #expect(check.errors.contains("the keys of the modules are derived from its key; the connection to the cloud is not used yet"))
        try host.start("probe")
        #expect(try primaryKey(host) == derivedKey(host, Self.secret))
        #expect(try primaryKey(host, "/devices/Hannover01") == Self.secret)
        #expect(try host.martlet("identity", "--connection-string").output.hasPrefix("HostName=contoso.azure-devices.net;"))
        #expect(!FileManager.default.fileExists(atPath: host.folder.path("state/keys")))
        #expect(!check.errors.contains(Self.secret) && !host.logLines.contains { $0.contains(Self.secret) })
    }

    @Test(arguments: MartletProgram.all) func `a connection string of another device refuses the start and is not shown`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program, ["connectionString": "HostName=h;DeviceId=Berlin02;SharedAccessKey=\(Self.secret)"])
        for command in ["check", "run"] {
            let result = try runProgram(program.command + [command, host.manifestPath])
            #expect(result.code == 2)
            #expect(
                result.errors.contains(
                    #"device.connectionString: DeviceId is "Berlin02", and device.id is "Hannover01"; they must be the same"#))
            #expect(!result.errors.contains(Self.secret))
        }
        #expect(!FileManager.default.fileExists(atPath: host.folder.path("state")))
    }

    @Test(arguments: MartletProgram.all) func `a damaged key refuses the start until the host is told to begin with a new one`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        try host.start("probe")
        let key = try String(contentsOfFile: host.folder.path("state/keys/device.key"), encoding: .utf8)
        #expect(try primaryKey(host) == derivedKey(host, key))
        try host.end()
        try host.folder.write(String(key.prefix(24)), to: "state/keys/device.key")
        for _ in 0..<2 {
            let run = try runProgram(program.command + ["run", host.manifestPath])
            #expect(run.code == 1)
            #expect(run.errors.contains(host.folder.path("state/keys/device.key")) && run.errors.contains("--reset-state"), "\(run.errors)")
            #expect(!run.errors.contains(key.prefix(24)))
        }
        // A copy is brought back.
        try host.folder.write(key, to: "state/keys/device.key")
        try host.start("probe")
        #expect(try primaryKey(host) == derivedKey(host, key))
        try host.end()
        try host.folder.write(String(key.prefix(24)), to: "state/keys/device.key")
        try host.launch("--reset-state")
        try host.log(holding: "agent: probe running")
        #expect(try String(contentsOfFile: host.folder.path("state/keys/device.key.aside-1"), encoding: .utf8) == key.prefix(24))
        let new = try String(contentsOfFile: host.folder.path("state/keys/device.key"), encoding: .utf8)
        #expect(new != key)
        #expect(try primaryKey(host) == derivedKey(host, new))
    }

    @Test(arguments: MartletProgram.all) func `a reset leaves a good key where it is`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.start("probe")
        let key = try String(contentsOfFile: host.folder.path("state/keys/device.key"), encoding: .utf8)
        try host.end()
        try host.launch("--reset-state")
        try host.log(holding: "agent: probe running")
        #expect(try String(contentsOfFile: host.folder.path("state/keys/device.key"), encoding: .utf8) == key)
        #expect(try primaryKey(host) == derivedKey(host, key))
    }
}
