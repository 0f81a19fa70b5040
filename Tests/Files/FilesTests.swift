import Files
import Foundation
import TestSupport
import Testing

@Test func `a missing file is named with its path`() {
    let folder = TemporaryFolder()
    let error = #expect(throws: FileError.self) { try Files.read(folder.path("nothing"), limit: 10) }
    #expect(error?.message == "open \(folder.path("nothing")): No such file or directory")
}

@Test func `a file over the limit is refused`() throws {
    let folder = TemporaryFolder()
    let file = try folder.write("0123456789", to: "digits")
    #expect(try Files.read(file, limit: 10).count == 10)
    #expect(throws: FileError("read", file, code: 27)) { try Files.read(file, limit: 9) }
}

@Test func `a folder is made with those above it and may be there already`() throws {
    let folder = TemporaryFolder()
    try Files.makeFolder(folder.path("a/b/c"), permissions: 0o700)
    try Files.makeFolder(folder.path("a/b/c"), permissions: 0o700)
    #expect(try Files.status(folder.path("a/b/c")).isFolder)
    #expect(try Files.names(in: folder.path("a")) == ["b"])
}

@Test func `a folder is not made where a file is`() throws {
    let folder = TemporaryFolder()
    let file = try folder.write("x", to: "taken")
    #expect(throws: FileError("make folder", file, code: 17)) { try Files.makeFolder(file, permissions: 0o700) }
}

@Test func `a lock is held by one process and given up with its file`() throws {
    let folder = TemporaryFolder()
    let path = folder.path("lock")
    var file: OpenFile? = try OpenFile(path, .openOrCreate(permissions: 0o600))
    #expect(try file!.lock())
    let other = "import fcntl, sys; file = open(sys.argv[1], 'r+'); fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)"
    #expect(try runProgram(["/usr/bin/env", "python3", "-c", other, path]).code == 1)
    file = nil
    #expect(try runProgram(["/usr/bin/env", "python3", "-c", other, path]).code == 0)

    let holder = try SpawnedProgram(["/usr/bin/env", "python3", "-c", other + "\nprint('held', flush=True); sys.stdin.read()", path])
    try holder.output.line(holding: "held")
    file = try OpenFile(path, .openOrCreate(permissions: 0o600))
    #expect(try !file!.lock())
    holder.signal(SIGKILL)
    _ = try holder.waitForEnd()
    #expect(try file!.lock())
}

@Test(arguments: [("/a/b", "/a", "b"), ("/a", nil, "a"), ("a", nil, "a"), ("a/b/c", "a/b", "c")])
func `a path has a parent and a name`(path: String, parent: String?, name: String) {
    #expect(Files.parent(path) == parent)
    #expect(Files.name(path) == name)
}

@Test func `content is replaced by longer and by shorter content`() throws {
    let folder = TemporaryFolder()
    let file = try OpenFile(folder.path("a"), .openOrCreate(permissions: 0o600))
    for text in ["", "first", "a longer one", "short", ""] {
        try file.replaceContent(Array(text.utf8))
        #expect(try Files.read(folder.path("a"), limit: 100) == Array(text.utf8))
    }
}
