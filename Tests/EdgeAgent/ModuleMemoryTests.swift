import Files
import Foundation
import JSON
import ModuleImages
import TestSupport
import Testing

@testable import EdgeAgent

@Suite struct ModuleMemoryTests {
    private let folder = TemporaryFolder()
    private let digest = ImageDigest(bytes: [UInt8](repeating: 0xAB, count: 32))
    private let other = ImageDigest(bytes: [UInt8](repeating: 0x01, count: 32))
    private final class Lines { var all: [Text] = [] }
    private let lines = Lines()

    private func memory() -> ModuleMemory {
        let lines = self.lines
        return ModuleMemory(path: folder.path("modules.json")) { lines.all.append($1) }
    }

    @Test func `what is remembered is there in the next run`() {
        let record = ModuleRecord(
            quarantine: .init(digest: digest, reason: "SIGSEGV in receive"), good: other, refused: .init(digest: digest, reason: "exit"))
        let first = memory()
        first.change("a") { $0 = record }
        first.change("b") { $0.good = digest }
        let second = memory()
        #expect(second["a"] == record && second["b"].good == digest && second["c"].isEmpty)
        #expect(!Files.exists(folder.path("modules.json.new")) && lines.all.isEmpty)
    }

    @Test func `what is forgotten stays forgotten`() {
        let first = memory()
        for name in ["a", "b", "c"] { first.change(Text(name)) { $0.good = digest } }
        first.change("a") { $0.good = nil }
        first.retain { $0 == "a" || $0 == "b" }
        let second = memory()
        #expect(second["a"].isEmpty && second["b"].good == digest && second["c"].isEmpty)
    }

    @Test(arguments: ["", "[1]", #"{"a":"#]) func `a damaged file costs the memory and not the start`(content: String) throws {
        try folder.write(content, to: "modules.json")
        let memory = memory()
        #expect(memory["a"].isEmpty && lines.all.count == 1)
        memory.change("a") { $0.good = digest }
        #expect(self.memory()["a"].good == digest)
    }

    @Test(arguments: [#"{"a":1}"#, #"{"a":{"good":"sha256:12"}}"#, #"{"a":{"quarantine":{"digest":7,"reason":"x"}}}"#])
    func `what is not understood is left out`(content: String) throws {
        try folder.write(content, to: "modules.json")
        #expect(memory()["a"].isEmpty)
    }

    @Test func `a change that cannot be written holds until the end and is told`() throws {
        let lines = self.lines
        let memory = ModuleMemory(path: folder.path("absent/modules.json")) { lines.all.append($1) }
        memory.change("a") { $0.good = digest }
        #expect(memory["a"].good == digest)
        #expect(lines.all.count == 1 && lines.all.first?.hasPrefix("what is remembered of modules is not on the disk: ") == true)
    }

    @Test func `what could not be written is written when there is a way again`() throws {
        let lines = self.lines
        let path = folder.path("later/modules.json")
        let memory = ModuleMemory(path: path) { lines.all.append($1) }
        memory.change("a") { $0.good = digest }
        #expect(!Files.exists(path))
        try Files.makeFolder(folder.path("later"), permissions: 0o700)
        memory.save()
        #expect(ModuleMemory(path: path) { _, _ in }["a"].good == digest)
        #expect(lines.all.count == 1)
    }

    @Test func `a digest is read as it is written`() {
        #expect(ImageDigest(text: digest.text) == digest)
        for text in ["", "sha256:", "sha256:ab", digest.hex, digest.text.string + "0", digest.text.string.replacing("a", with: "g")] {
            #expect(ImageDigest(text: Text(text)) == nil)
        }
    }
}
