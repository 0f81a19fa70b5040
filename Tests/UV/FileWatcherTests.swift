import Foundation
import TestSupport
import Testing
import UV

@Suite struct FileWatcherTests {
    @Test func `a folder tells what was made, written and removed in it`() throws {
        let loop = try Loop()
        let folder = TemporaryFolder()
        var names: Set<String> = []
        let watcher = try FileWatcher(loop, path: folder.path) { if let name = $0 { names.insert(name) } }
        try folder.write("1", to: "new")
        #expect(run(loop) { names.contains("new") })
        names = []
        try FileManager.default.moveItem(atPath: folder.path("new"), toPath: folder.path("renamed"))
        #expect(run(loop) { names.contains("new") && names.contains("renamed") })
        names = []
        try FileManager.default.removeItem(atPath: folder.path("renamed"))
        #expect(run(loop) { names.contains("renamed") })
        watcher.close()
    }

    @Test func `a file tells that it was written`() throws {
        let loop = try Loop()
        let folder = TemporaryFolder()
        let path = try folder.write("1", to: "file")
        var calls = 0
        let watcher = try FileWatcher(loop, path: path) { _ in calls += 1 }
        try folder.write("2", to: "other")
        settle(loop)
        #expect(calls == 0)
        try folder.write("22", to: "file")
        #expect(run(loop) { calls > 0 })
        withExtendedLifetime(watcher) {}
    }

    @Test func `what is not there cannot be watched`() throws {
        let loop = try Loop()
        #expect(throws: UVError.noEntry) { try FileWatcher(loop, path: "/no/such/folder") { _ in } }
    }

    @Test func `a watcher may be dropped in its own call, while others watch the same folder`() throws {
        let loop = try Loop()
        let folder = TemporaryFolder()
        let first = Found<FileWatcher?>(nil)
        var firstCalls = 0
        var names: Set<String> = []
        first.value = try FileWatcher(loop, path: folder.path) { _ in
            firstCalls += 1
            first.value = nil
        }
        let second = try FileWatcher(loop, path: folder.path) { if let name = $0 { names.insert(name) } }
        try folder.write("1", to: "a")
        try folder.write("1", to: "b")
        #expect(run(loop) { names.contains("b") })
        #expect(firstCalls == 1)
        withExtendedLifetime(second) {}
    }
}
