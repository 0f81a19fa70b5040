import Foundation
import ModuleImages
import TestSupport
import Testing

private let host = ELFHeader.of(path: "/proc/self/exe")

private func reason(_ path: String, _ kind: ImageFile.Kind) -> String? {
    #expect(throws: ImageError.self) { try ImageFile(path: path, kind: kind, host: host) }?.reason.string
}

@Test func `a missing image is named with a remedy`() {
    #expect(reason("/nowhere/lib.so", .library) == "image /nowhere/lib.so is not there: put the file into the modules folder")
}

@Test func `a folder is not an image`() {
    #expect(reason("/tmp", .executable) == "image /tmp is not a file")
}

@Test func `a text is not a library`() throws {
    let folder = TemporaryFolder()
    let file = try folder.write("hello", to: "lib.so")
    #expect(reason(file, .library) == "image \(file) is not an ELF shared library")
    #expect(reason(file, .executable) == "image \(file) is neither an ELF program nor a script that begins with #!")
}

@Test func `an empty file is not an image`() throws {
    let folder = TemporaryFolder()
    let file = try folder.write("", to: "lib.so")
    #expect(reason(file, .library) == "image \(file) is not an ELF shared library")
}

@Test func `a script is an executable but no library`() throws {
    let folder = TemporaryFolder()
    let file = try folder.write("#!/bin/sh\n", to: "script")
    #expect(try ImageFile(path: file, kind: .executable, host: host).path == file)
    #expect(reason(file, .library) == "image \(file) is not an ELF shared library")
}

@Test func `an image of another machine is refused and both machines are named`() throws {
    let folder = TemporaryFolder()
    let other: UInt16 = host?.machine == 8 ? 20 : 8
    let file = folder.path("lib.so")
    var bytes = [UInt8](repeating: 0, count: 64)
    bytes.replaceSubrange(0..<7, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1])
    bytes[16] = 3
    bytes[18] = UInt8(other)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    #expect(reason(file, .library) == "image \(file) was built for mips; this machine is \(host!.machineName)")
}

@Test func `hard and soft float of ARM do not mix`() {
    func arm(_ flags: UInt16) -> ELFHeader {
        var bytes = [UInt8](repeating: 0, count: 52)
        bytes.replaceSubrange(0..<7, with: [0x7F, 0x45, 0x4C, 0x46, 1, 1, 1])
        bytes[16] = 3
        bytes[18] = 40
        bytes[36] = UInt8(flags & 0xFF)
        bytes[37] = UInt8(flags >> 8)
        return ELFHeader(bytes)!
    }
    #expect(arm(0x400).machineName == "armhf")
    #expect(arm(0x200).machineName == "armel")
    #expect(!arm(0x400).fits(arm(0x200)))
    #expect(arm(0).fits(arm(0x400)), "a file that does not say is given the benefit of the doubt")
}
