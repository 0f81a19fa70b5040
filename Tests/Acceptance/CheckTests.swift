import Foundation
import TestSupport
import Testing

/// `martlet check`: everything that is wrong with a manifest, at once.
struct CheckTests {
    private func check(_ program: MartletProgram, _ text: String, _ prepare: (TemporaryFolder) throws -> Void = { _ in }) throws
        -> ProgramResult
    {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("modules"), withIntermediateDirectories: true)
        try prepare(folder)
        return try runProgram(program.command + ["check", try folder.write(text, to: "device.json")])
    }

    @Test(arguments: MartletProgram.all) func `a good manifest has no errors`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.functions("plain", "libplain.so", PlainSource.functions)
        let result = try check(program, try manifest.text) { folder in
            for image in [try Images.probe, try Images.plain] {
                try FileManager.default.copyItem(
                    atPath: image, toPath: folder.path("modules/") + URL(fileURLWithPath: image).lastPathComponent)
            }
        }
        #expect(result.code == 0)
        #expect(!result.errors.contains("error") && !result.errors.contains("warning"), "\(result.errors)")
    }

    @Test(arguments: MartletProgram.all) func `started with all signals blocked, it hears of its children all the same`(
        _ program: MartletProgram
    ) throws {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("modules"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: try Images.probe, toPath: folder.path("modules/libprobe.so"))
        let blocked = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32)); os.execv(sys.argv[1], sys.argv[1:])"
        let command = program.command + ["check", try folder.write(try manifest.text, to: "device.json")]
        #expect(try runProgram(["/usr/bin/env", "python3", "-c", blocked] + command).code == 0)
    }

    @Test(arguments: MartletProgram.all) func `an image that is not there is a warning`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        let result = try check(program, try manifest.text)
        #expect(result.code == 0)
        #expect(result.errors.contains("warning") && result.errors.contains("libprobe.so"))
    }

    @Test(arguments: MartletProgram.all) func `all that is wrong is listed, each with its place`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        manifest.device = ["id": "bad id/", "hubHostNam": "x"]
        manifest.host = ["limits": ["memoryQueueBytes": "much"], "restart": ["coolOffSeconds": -1]]
        manifest.library("docker", "libx.so", ["type": "docker"])
        manifest.library("policy", "libx.so", ["restartPolicy": "sometimes"])
        manifest.library("status", "libx.so", ["status": "walking"])
        manifest.library("bad name!", "libx.so")
        manifest.library("loop", "libx.so", ["settings": ["isolation": "moon"]])
        manifest.library("number", "libx.so", ["settings": ["image": 7]])
        manifest.functions("functions", "libx.so", ["f": ["symbol": "f", "arguments": ["complex"], "returns": "double"]])
        manifest.routes["syntax"] = "FROM nowhere"
        manifest.routes["where"] = "FROM /messages/* WHERE a = 1 INTO $upstream"
        manifest.routes["target"] = "FROM /messages/* INTO BrokeredEndpoint(\"/modules/nobody/inputs/x\")"
        manifest.desired["nobody"] = ["a": 1]
        manifest.desired["policy"] = ["a space": 1, "list": [NSNull()]]
        let result = try check(program, try manifest.text)
        #expect(result.code == 2)
        let errors = result.errors.split(separator: "\n").filter { $0.hasPrefix("error: ") }
        let expected = [
            "device.id", "hubHostNam", "memoryQueueBytes", "coolOffSeconds", "docker", "sometimes", "walking", "bad name!", "moon",
            "number.settings.image", "complex", "syntax", "as_number(a) = 1", "a space", "list[0]",
        ]
        for part in expected { #expect(errors.contains { $0.contains(part) }, "\(part) in:\n\(result.errors)") }
        // What is not known here may be known elsewhere.
        #expect(result.errors.split(separator: "\n").count { $0.hasPrefix("warning: ") && $0.contains("\"nobody\"") } == 2)
        #expect(errors.allSatisfy { $0.contains("device.json") })
        #expect(errors.contains { $0.contains("docker") && $0.contains("container") })
    }

    @Test(arguments: MartletProgram.all) func `desired properties that no twin takes are errors of the manifest`(_ program: MartletProgram)
        throws
    {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.desired["probe"] = ["a.b": 1]
        manifest.desired["other"] = ["nested": ["n": 9_999_999_999_999_999]]
        let result = try check(program, try manifest.text)
        #expect(result.code == 2)
        for part in [
            #"device.json: modulesContent.probe["properties.desired"]: desired."a.b": "#,
            #"device.json: modulesContent.other["properties.desired"]: desired.nested.n: the integer 9999999999999999"#,
        ] {
            #expect(result.errors.split(separator: "\n").contains { $0.hasPrefix("error: ") && $0.contains(part) }, "\(result.errors)")
        }
    }

    @Test(arguments: MartletProgram.all) func `text that is no JSON is shown with line and column`(_ program: MartletProgram) throws {
        for text in [
            "{ \"device\": { \"id\": \"a\" },\n  \"modulesContent\": { },\n}", "{ \"device\":\n 'x' }", "{\n \"device\": {} \n", "",
            "\u{0}\u{1}",
            "{ \"device\": { \"id\": \"a\" }, \n \"device\": { \"id\": \"b\" } }",
        ] {
            let result = try check(program, text)
            #expect(result.code == 2, "\(text)")
            #expect(result.errors.contains("device.json:"), "\(result.errors)")
        }
        let comma = try check(program, "{ \"device\": { \"id\": \"a\" },\n  \"modulesContent\": { },\n}")
        #expect(comma.errors.contains("device.json:3:"), "\(comma.errors)")
        let twice = try check(program, "{ \"device\": { \"id\": \"a\" }, \n \"device\": { \"id\": \"b\" } }")
        #expect(twice.errors.contains("device.json:2:") && twice.errors.contains("device"), "\(twice.errors)")
    }

    @Test(arguments: MartletProgram.all) func `hostile files end with 2, not with a crash`(_ program: MartletProgram) throws {
        let texts = [
            String(repeating: "[", count: 200_000), String(repeating: "{\"a\":", count: 50_000), "[]", "null", "\"x\"", "{}",
            "{\"device\":1}",
            "{\"device\":{\"id\":\"\(String(repeating: "x", count: 1_000_000))\"}}",
            "{\"device\":{\"id\":\"a\"},\"modulesContent\":{\"$edgeAgent\":[],\"$edgeHub\":3}}",
            "{\"device\":{\"id\":\"\\ud800\"}}",
        ]
        for text in texts {
            let result = try check(program, text)
            #expect(result.end == .exit(2), "\(text.prefix(60)): \(result.end)")
            #expect(result.errors.contains("error: "))
        }
        for path in ["/nonexistent/device.json", "/", "/dev/null"] {
            let result = try runProgram(program.command + ["check", path])
            #expect(result.end == .exit(2), "\(path)")
            #expect(result.errors.contains(path))
        }
        let run = try runProgram(program.command + ["run", "/nonexistent/device.json"])
        #expect(run.end == .exit(2))
        #expect(run.errors.contains("/nonexistent/device.json"))
    }

    @Test(arguments: MartletProgram.all) func `images that are there are looked into`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        for name in ["text", "machine", "entry", "newer"] { manifest.library(name, "lib\(name).so") }
        manifest.functions("symbol", "libplain.so", ["f": ["symbol": "plain_absent", "arguments": [], "returns": "void"]])
        manifest.library("needs", "libneeds.so")
        let result = try check(program, try manifest.text) { folder in
            let modules = folder.path("modules/")
            try folder.write("no ELF at all", to: "modules/libtext.so")
            var elf = try Data(contentsOf: URL(fileURLWithPath: try Images.probe))
            elf[18] = 0xF3
            try elf.write(to: URL(fileURLWithPath: modules + "libmachine.so"))
            _ = try compileSharedLibrary(source: "int something(void) { return 1; }", named: "modules/libentry.so", in: folder)
            _ = try compileSharedLibrary(source: ProbeSource.defining("VERSION", "99"), named: "modules/libnewer.so", in: folder)
            try FileManager.default.copyItem(atPath: try Images.plain, toPath: modules + "libplain.so")
            // Its only need goes away.
            try folder.write("int there(void) { return 1; }", to: "there.c")
            try folder.write("int there(void); int martlet_module(void) { return there(); }", to: "needs.c")
            let build =
                """
                cd '\(folder.path)' && cc -shared -fPIC -o libthere.so there.c &&
                cc -shared -fPIC -o modules/libneeds.so needs.c -L. -lthere && rm libthere.so
                """
            #expect(try runProgram(["/bin/sh", "-c", build]).code == 0)
        }
        #expect(result.code == 2)
        for (name, reason) in [
            ("text", "ELF"), ("machine", "machine"), ("entry", "martlet_module"), ("newer", "99"), ("symbol", "plain_absent"),
            ("needs", "libthere.so"),
        ] {
            let found = result.errors.split(separator: "\n").contains {
                $0.hasPrefix("error: ") && $0.contains(name) && $0.contains(reason)
            }
            #expect(found, "\(name): \(result.errors)")
        }
    }

    @Test(arguments: MartletProgram.all) func `what is wrong with an image is found in each isolation`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        let isolations = ["loop", "thread", "process"]
        for isolation in isolations {
            for name in ["machine", "entry", "newer", "needs"] {
                manifest.library("\(name)-\(isolation)", "lib\(name).so", ["settings": ["isolation": isolation]])
            }
            let absent: Manifest.Object = ["f": ["symbol": "plain_absent", "arguments": [], "returns": "void"]]
            manifest.functions("symbol-\(isolation)", "libplain.so", absent, ["settings": ["isolation": isolation]])
            manifest.functions("needs-functions-\(isolation)", "libneeds.so", absent, ["settings": ["isolation": isolation]])
        }
        manifest.executable("needs-program", "needing")
        let result = try check(program, try manifest.text) { folder in
            var elf = try Data(contentsOf: URL(fileURLWithPath: try Images.probe))
            elf[18] = 0xF3
            try elf.write(to: URL(fileURLWithPath: folder.path("modules/libmachine.so")))
            _ = try compileSharedLibrary(source: "int something(void) { return 1; }", named: "modules/libentry.so", in: folder)
            _ = try compileSharedLibrary(source: ProbeSource.defining("VERSION", "99"), named: "modules/libnewer.so", in: folder)
            try FileManager.default.copyItem(atPath: try Images.plain, toPath: folder.path("modules/libplain.so"))
            // The image needs a library that is there, which needs two that are not; and one more of its own.
            let build =
                """
                cd '\(folder.path)' && for n in one two three; do echo "int $n(void) { return 1; }" > $n.c; cc -shared -fPIC -o lib$n.so $n.c; done
                echo 'int one(void); int two(void); int there(void) { return one() + two(); }' > there.c
                echo 'int there(void); int three(void); int martlet_module(void) { return there() + three(); }
                int main(void) { return martlet_module(); }' > needs.c
                cc -shared -fPIC -o libthere.so there.c -L. -lone -ltwo
                cc -shared -fPIC -o modules/libneeds.so needs.c -L. -lthere -lthree -Wl,-rpath,"$PWD"
                cc -o modules/needing needs.c -L. -lthere -lthree -Wl,-rpath,"$PWD" -Wl,-rpath-link,"$PWD"
                rm libone.so libtwo.so libthree.so
                """
            #expect(try runProgram(["/bin/sh", "-c", build]).code == 0)
        }
        #expect(result.code == 2)
        let errors = result.errors.split(separator: "\n").filter { $0.hasPrefix("error: ") }
        let reasons = [
            "machine": "was built for", "entry": "martlet_module", "newer": "99", "symbol": "plain_absent", "needs": "libthree.so, lib",
        ]
        for name in manifest.modules.keys {
            let reason = try #require(reasons.first { name.hasPrefix($0.key) }?.value)
            let found = errors.filter {
                $0.contains("modules[\"\(name)\"].settings.image") || $0.contains("modules.\(name).settings.image")
            }
            #expect(found.count == 1 && found[0].contains(reason), "\(name): \(result.errors)")
            guard name.hasPrefix("needs") else { continue }
            for part in ["libone.so (for ", "libtwo.so (for ", "libthere.so)", "which this machine does not have"] {
                #expect(found.first?.contains(part) == true, "\(part): \(found)")
            }
        }
    }
}
