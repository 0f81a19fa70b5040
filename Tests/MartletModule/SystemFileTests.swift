import MartletModule
import TestSupport
import Testing

@Test func `a system file is read again from its start`() throws {
    let folder = TemporaryFolder()
    try folder.write("one", to: "file")
    let file = try #require(SystemFile(folder.path("file")))
    #expect(file.read() == Array("one".utf8))
    #expect(file.read() == Array("one".utf8))
    #expect(try #require(SystemFile(folder.path("file"), limit: 2)).read() == Array("on".utf8))
}

@Test func `a system file that is not there or cannot be read is nil`() throws {
    let folder = TemporaryFolder()
    #expect(SystemFile(folder.path("none")) == nil)
    #expect(try #require(SystemFile(folder.path)).read() == nil)
}

@Test func `the kernel's own files are read`() throws {
    let text = try #require(SystemFile("/proc/stat")?.read())
    #expect(text.starts(with: Array("cpu ".utf8)))
}
