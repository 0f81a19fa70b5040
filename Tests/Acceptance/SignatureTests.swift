import Foundation
import TestSupport
import Testing

/// Images that must be signed, with keys and signatures of the openssl command.
struct SignatureTests {
    private let keys = TemporaryFolder()

    private func shell(_ command: String) throws -> String {
        let result = try runProgram(["/bin/sh", "-c", "cd '\(keys.path)' && " + command])
        guard result.code == 0 else { throw Late("\(command): \(result.errors)") }
        return result.output
    }

    /// Makes `NAME.pem` and `NAME.pub`.
    private func makeKey(_ name: String) throws {
        _ = try shell(
            "openssl ecparam -name prime256v1 -genkey -noout -out \(name).pem && openssl ec -in \(name).pem -pubout -out \(name).pub")
    }

    private func signature(_ path: String, by key: String = "mine") throws -> String {
        try shell("openssl dgst -sha256 -sign \(key).pem '\(path)' | base64 -w0")
    }

    private func publicKey(_ name: String = "mine") throws -> String {
        try String(contentsOfFile: keys.path(name + ".pub"), encoding: .utf8)
    }

    private func host(_ program: MartletProgram, required: Bool, _ settings: [String: Manifest.Object]) throws -> Host {
        var manifest = Manifest()
        manifest.host["imageSigning"] = ["publicKey": try publicKey(), "required": required]
        for (name, settings) in settings { manifest.library(name, "libprobe.so", ["settings": settings]) }
        return try Host(program, manifest, images: [try Images.probe])
    }

    @Test(arguments: MartletProgram.all) func `with signatures required nothing else runs, and each refusal says what to do`(
        _ program: MartletProgram
    ) throws {
        for name in ["mine", "other"] { try makeKey(name) }
        let good = try signature(try Images.probe)
        let host = try host(
            program, required: true,
            [
                "good": ["signature": good], "none": [:], "wrongkey": ["signature": try signature(try Images.probe, by: "other")],
                "wrongimage": ["signature": try signature(try Images.probe2)], "noise": ["signature": "AAAA"],
            ])
        let check = try host.martlet("check", host.manifestPath)
        #expect(check.code == 2)
        try host.start("good")
        let digest = "(sha256:" + (try runProgram(["/usr/bin/sha256sum", try Images.probe])).output.prefix(64) + ")"
        for (name, reason) in [
            ("none", "has no signature, which host.imageSigning requires"), ("wrongkey", "does not fit"), ("wrongimage", "does not fit"),
            ("noise", "does not fit"),
        ] {
            let row = try host.module(name) { $0["status"].string == "failed" }
            let description = try #require(row["description"].string)
            for part in ["libprobe.so " + digest, reason, "openssl dgst -sha256 -sign"] {
                #expect(description.contains(part), "\(name): \(description)")
                #expect(
                    check.errors.split(separator: "\n").contains { $0.hasPrefix("error: ") && $0.contains(name) && $0.contains(part) },
                    "\(check.errors)")
            }
            #expect(try host.martlet("restart", name).code == 0)
            _ = try host.module(name) { $0["status"].string == "failed" }
        }
        #expect(!check.errors.contains("modules.good"))
    }

    @Test(arguments: MartletProgram.all) func `what is required holds for modules of each type and isolation`(_ program: MartletProgram)
        throws
    {
        try makeKey("mine")
        let script = try keys.write(Scripts.patient, to: "shell.sh")
        var manifest = Manifest()
        manifest.host["imageSigning"] = ["publicKey": keys.path("mine.pub"), "required": true]
        for (signed, name) in [(true, "signed"), (false, "bare")] {
            func settings(_ image: String, _ more: Manifest.Object = [:]) throws -> Manifest.Object {
                ["settings": signed ? more.merging(["signature": try signature(image)]) { $1 } : more]
            }
            for isolation in ["loop", "thread", "process"] {
                let isolated: Manifest.Object = ["isolation": isolation]
                manifest.library("\(name)-library-\(isolation)", "libprobe.so", try settings(try Images.probe, isolated))
                manifest.functions(
                    "\(name)-functions-\(isolation)", "libplain.so", PlainSource.functions, try settings(try Images.plain, isolated))
            }
            manifest.executable("\(name)-shell", "shell.sh", try settings(script))
        }
        let host = try Host(program, manifest, images: [try Images.probe, try Images.plain, script])
        #expect(try host.martlet("check", host.manifestPath).errors.split(separator: "\n").count { $0.contains("has no signature") } == 7)
        try host.start("signed-shell")
        for name in manifest.modules.keys {
            let row = try host.module(name) { $0["status"].string == (name.hasPrefix("signed") ? "running" : "failed") }
            guard name.hasPrefix("bare") else { continue }
            #expect(row["description"].string?.contains("has no signature, which host.imageSigning requires") == true, "\(row.text)")
        }
    }

    @Test(arguments: MartletProgram.all) func `a new image needs a new signature, and the way back keeps the old one`(
        _ program: MartletProgram
    ) throws {
        try makeKey("mine")
        let host = try host(program, required: true, ["probe": ["signature": try signature(try Images.probe)]])
        try host.start("probe")
        // The file first, then the signature: what runs is not touched in between.
        var end = host.logEnd
        let failing = try host.install(library: ProbeSource.defining("REFUSES"), as: "libprobe.so")
        try host.log(from: end, holding: "its new image is not taken")
        #expect(try host.invoke("probe", "build").int == 1)
        end = host.logEnd
        host.manifest.modules["probe"]?["settings"] = ["image": "libprobe.so", "signature": try signature(failing)]
        try host.writeManifest()
        try host.log(from: end, holding: "failed on probation")
        try host.log(from: end, holding: "agent: probe running")
        #expect(try host.invoke("probe", "build").int == 1)
        // The next host checks the old image with its own signature.
        try host.end()
        try host.start("probe")
        #expect(try host.invoke("probe", "build").int == 1)
        // One that somebody changed is not loaded, not even to go back.
        try host.end()
        let memory = host.folder.path("state/modules.json")
        let text = try String(contentsOfFile: memory, encoding: .utf8)
        let parsed = try JSONValue(parsing: text)
        let kept = try #require(parsed["probe"]["goodSignature"].string)
        try text.replacing(kept, with: try signature(failing)).write(toFile: memory, atomically: false, encoding: .utf8)
        try host.launch()
        try host.log(holding: "cannot go back to image")
        _ = try host.module("probe") { $0["status"].string == "failed" }
    }

    @Test(arguments: MartletProgram.all) func `the signature first and then the file is an update too`(_ program: MartletProgram) throws {
        try makeKey("mine")
        let host = try host(program, required: true, ["probe": ["signature": try signature(try Images.probe)]])
        try host.start("probe")
        var end = host.logEnd
        host.manifest.modules["probe"]?["settings"] = ["image": "libprobe.so", "signature": try signature(try Images.probe2)]
        try host.writeManifest()
        try host.log(from: end, holding: "its new image is not taken")
        #expect(try host.invoke("probe", "build").int == 1)
        end = host.logEnd
        try host.install(try Images.probe2, as: "libprobe.so")
        try host.log(from: end, holding: "agent: probe running")
        #expect(try host.invoke("probe", "build").int == 2)
    }

    @Test(arguments: MartletProgram.all) func `where none is required, only a wrong signature is refused`(_ program: MartletProgram) throws
    {
        try makeKey("mine")
        let good = try signature(try Images.probe)
        let host = try host(program, required: false, ["good": ["signature": good], "none": [:], "noise": ["signature": "AAAA"]])
        try host.start("good", "none")
        #expect(try host.module("noise")["status"].string == "failed")
    }

    @Test(arguments: MartletProgram.all) func `a key that cannot be used is named by check, and by each image`(_ program: MartletProgram)
        throws
    {
        _ = try shell("openssl genrsa 2048 | openssl rsa -pubout -out rsa.pub; printf nothing > text.pub; echo")
        let cases: [(key: String, reason: String)] = [
            (try publicKey("rsa"), "it is a key of RSA; only EC P-256"), (keys.path("text.pub"), "it is not a public key in PEM form"),
            ("absent.pem", "absent.pem: No such file or directory"),
        ]
        for (key, reason) in cases {
            var manifest = Manifest()
            manifest.host["imageSigning"] = ["publicKey": key, "required": true]
            manifest.library("probe", "libprobe.so", ["settings": ["signature": "AAAA"]])
            let host = try Host(program, manifest, images: [try Images.probe])
            let check = try host.martlet("check", host.manifestPath)
            #expect(check.code == 2)
            #expect(
                check.errors.split(separator: "\n").contains { $0.contains("host.imageSigning.publicKey: ") && $0.contains(reason) },
                "\(check.errors)")
            try host.launch()
            try host.log(holding: "[ERR] host: host.imageSigning.publicKey: ")
            let told = try host.log { $0.contains("cannot be checked: host.imageSigning.publicKey: ") }
            #expect(told.text.contains(reason) && told.text.contains("libprobe.so (sha256:"), "\(told.text)")
        }
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so", ["settings": ["signature": "AAAA"]])
        let host = try Host(program, manifest, images: [try Images.probe])
        #expect(try host.martlet("check", host.manifestPath).errors.contains("there is no key to check it with"))
    }
}
