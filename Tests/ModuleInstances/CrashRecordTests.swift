import Files
import Foundation
import JSON
import ModuleImages
import TestSupport
import Testing

@testable import ModuleInstances

@Suite struct CrashRecordTests {
    private let folder = TemporaryFolder()
    private let digest = ImageDigest(bytes: [UInt8](repeating: 0xAB, count: 32))
    private var path: String { folder.path("crash") }

    private func slot(_ name: Text) -> UnsafeMutablePointer<ModuleSlot> {
        let slot = ModuleSlot.make(next: nil)
        name.withBytes { name in
            Text("libx.so").withBytes { file in
                digest.text.withBytes { slot.fill(isOnLoop: true, name: name, file: file, digest: $0) }
            }
        }
        slot.pointee.imageStart = 0x1000
        slot.pointee.imageEnd = 0x2000
        return slot
    }

    /// Writes a record as a process does that dies, and reads it as the next one does.
    private func record(_ name: Text, _ more: (inout LineBuffer, UnsafeMutablePointer<ModuleSlot>) -> Void) throws -> CrashRecord? {
        let file = try CrashRecord.take(path).file
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: CrashRecord.size) { memory in
            let slot = slot(name)
            var line = CrashRecord.line(slot, memory.baseAddress!)
            more(&line, slot)
            line.write(over: file.descriptor)
        }
        return try CrashRecord.take(path).record
    }

    @Test func `what a process writes while it dies the next one reads, once`() throws {
        let read = try record("m") { line, slot in
            line.append("SIGSEGV in receive, at ")
            line.append(0x1234, in: slot)
        }
        #expect(read?.module == "m" && read?.digest == digest && read?.isRestart == false)
        #expect(read?.reason == "SIGSEGV in receive, at libx.so+0x234")
        #expect(try CrashRecord.take(path).record == nil)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == CrashRecord.size)
    }

    @Test func `names of any length and bytes make a record`() throws {
        #expect(try record("a\"b\\c") { _, _ in }?.module == "a\"b\\c")
        #expect(try record("a\nb") { _, _ in }?.module == "a?b")
        let long = try record(Text(String(repeating: "ü", count: 500))) { line, _ in for _ in 0..<2000 { line.append("x") } }
        #expect(long?.module.utf8.count == 128 && long?.reason.hasPrefix("xxx") == true)
        let slow = try record("slow") { line, _ in
            line.append(CrashRecord.blocked)
            line.append("3 s in receive")
        }
        #expect(slow?.isRestart == true && slow?.reason == "blocked the loop for 3 s in receive")
    }

    @Test(arguments: ["", "{", "m\n", "m\nsha256:00\nreason\n ", "\n\n\n\n", "\0\0\0"])
    func `what is no record is none`(_ text: String) throws {
        try folder.write(text, to: "crash")
        #expect(try CrashRecord.take(path).record == nil)
    }

    @Test func `a record that grew is none`() throws {
        try folder.write(String(repeating: "x", count: 100_000), to: "crash")
        #expect(try CrashRecord.take(path).record == nil)
    }
}
