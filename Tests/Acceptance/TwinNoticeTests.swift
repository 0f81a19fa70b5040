import Foundation
import TestSupport
import Testing

/// What modules hear of changes of their desired properties.
struct TwinNoticeTests {
    private static let modules = ["looped", "apart", "script"]

    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("looped", "libprobe.so")
        manifest.library("apart", "libprobe.so", ["settings": ["isolation": "process"]])
        manifest.executable("script", "script.sh")
        for name in Self.modules { manifest.desired[name] = ["limit": 5] }
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.install(script: Scripts.patient, as: "script.sh")
        try host.start("looped", "apart", "script")
        return host
    }

    /// What a line of the module's log says of a change: the patch with `$version`, as a library gets it.
    private func notice(_ module: String, _ line: String) throws -> JSONValue? {
        if module == "script" {
            guard line.contains(#""method":"desired""#) else { return nil }
            let call = try JSONValue(parsing: line)["params"]
            #expect(call["patch"]["$version"].int == nil || call["patch"]["$version"].int == call["version"].int)
            var patch = call["patch"].raw as? [String: Any] ?? [:]
            patch["$version"] = call["version"].raw
            return JSONValue(patch)
        }
        return line.hasPrefix("desired ") ? try JSONValue(parsing: String(line.dropFirst(8))) : nil
    }

    @Test(arguments: MartletProgram.all) func `each accepted change is told once, with patch and version, and nothing else is`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        for name in Self.modules {
            let log = try host.follow("logs", name, "-f")
            let path = "/twins/Hannover01/modules/\(name)"
            let version = try #require(try host.json("twin", name)["properties"]["desired"]["$version"].int)
            func change(_ method: String, _ body: String, _ headers: [String] = []) throws -> Int {
                try host.http(method, path, body: body, headers: headers).status
            }
            #expect(try change("PATCH", #"{"properties":{"desired":{"a":{"x":1,"y":2}}}}"#) == 200)
            // Refused, or about something else.
            #expect(try change("PATCH", #"{"properties":{"desired":{"a":1}}}"#, ["If-Match: \"AAAAAAAAAAA=\""]) == 412)
            #expect(try change("PATCH", #"{"properties":{"desired":{"a":1,"$version":99}}}"#) == 412)
            #expect(try change("PATCH", #"{"properties":{"desired":{"a b":1}}}"#) == 400)
            #expect(try change("PATCH", #"{"tags":{"a":1}}"#) == 200)
            #expect(try change("PATCH", #"{"properties":{"desired":{"a":{"x":null},"z":[1]}},"tags":{"b":2}}"#) == 200)
            #expect(try change("PUT", #"{"properties":{"desired":{"z":[1],"w":1}}}"#) == 200)
            #expect(try host.martlet("twin", name, "--desired", #"{"last":true}"#).code == 0)
            try log.output.line(holding: #""last":true"#)
            let told = try log.output.lines.compactMap { try notice(name, $0) }
            #expect(
                told.map { $0.text } == [
                    #"{"$version":\#(version + 1),"a":{"x":1,"y":2}}"#,
                    #"{"$version":\#(version + 2),"a":{"x":null},"z":[1]}"#,
                    #"{"$version":\#(version + 3),"a":null,"limit":null,"w":1}"#,
                    #"{"$version":\#(version + 4),"last":true}"#,
                ], "\(name)")
        }
    }

    @Test(arguments: MartletProgram.all) func `a module that was away gets the whole twin at its start, and nothing again`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        for name in Self.modules {
            #expect(try host.martlet("stop", name).code == 0)
            let from = try host.martlet("logs", name).output.split(separator: "\n").count
            _ = try host.json("twin", name, "--desired", #"{"away":{"n":1}}"#)
            _ = try host.json("twin", name, "--desired", #"{"away":{"n":2},"limit":null}"#)
            #expect(try host.martlet("start", name).code == 0)
            let twin = try host.json("twin", name, "--desired", #"{"last":true}"#)
            let version = try #require(twin["properties"]["desired"]["$version"].int)
            let log = try host.follow("logs", name, "-f")
            try log.output.line(from: from, holding: #""last":true"#)
            let lines = log.output.lines.dropFirst(from)
            let told = try lines.compactMap { try notice(name, $0) }
            #expect(told.map { $0.text } == [#"{"$version":\#(version),"last":true}"#], "\(name)")
            let start = try #require(lines.first { $0.hasPrefix("started build 1 ") || $0.contains(#""method":"start""#) })
            let desired =
                name == "script"
                ? try JSONValue(parsing: start)["params"]["twin"]["desired"]
                : try JSONValue(parsing: String(start.dropFirst("started build 1 ".count)))["desired"]
            #expect(desired["away"]["n"].int == 2)
            #expect(desired["$version"].int == version - 1)
            #expect(desired.keys == ["away", "$version"])
        }
    }
}
