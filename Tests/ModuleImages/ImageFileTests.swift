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

@Test func `a library that was cut off while it was copied is refused, wherever it was cut`() throws {
    let folder = TemporaryFolder()
    let whole = try Data(
        contentsOf: URL(fileURLWithPath: compileSharedLibrary(source: "int f(void) { return 1; }", named: "libf.so", in: folder)))
    #expect(try ImageFile(path: folder.path("libf.so"), kind: .library, host: host).path == folder.path("libf.so"))
    for size in [64, 100, 4096, whole.count / 2, whole.count - 1] {
        let file = folder.path("cut.so")
        try whole.prefix(size).write(to: URL(fileURLWithPath: file))
        #expect(reason(file, .library)?.hasPrefix("image \(file) is cut off: it has \(size) bytes, and its ELF header speaks of ") == true)
    }
}

@Test func `an ELF header with offsets beyond all measure is refused, not followed`() throws {
    let folder = TemporaryFolder()
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: compileSharedLibrary(source: "int f;", named: "libf.so", in: folder))))
    for place in [32, 40] {
        var changed = bytes
        changed.replaceSubrange(place..<place + 8, with: [UInt8](repeating: 0xFF, count: 8))
        let file = folder.path("far.so")
        try Data(changed).write(to: URL(fileURLWithPath: file))
        #expect(reason(file, .library)?.contains("is cut off") == true)
    }
    // A segment that begins in the file and ends far behind it.
    bytes.replaceSubrange(64 + 32..<64 + 40, with: [UInt8](repeating: 0xFF, count: 8))
    try Data(bytes).write(to: URL(fileURLWithPath: folder.path("long.so")))
    #expect(reason(folder.path("long.so"), .library)?.contains("is cut off") == true)
}
