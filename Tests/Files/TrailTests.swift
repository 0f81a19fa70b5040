import Files
import Foundation
import TestSupport
import Testing

@Suite struct `Trails` {
    private let folder = TemporaryFolder()

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: folder.path(name), withDestinationPath: target)
    }

    private func trail(_ name: String) -> [String] {
        Files.trail(folder.path(name)).map { $0.replacing(folder.path.replacing("//", with: "/") + "/", with: "") }
    }

    @Test func `a plain file leads to itself, there or not`() throws {
        try folder.write("", to: "file")
        #expect(trail("file") == ["file"])
        #expect(trail("absent") == ["absent"])
        #expect(trail("./x/../file") == ["file"])
    }

    @Test func `links to files and folders are named one by one`() throws {
        for release in ["one", "two"] {
            try FileManager.default.createDirectory(atPath: folder.path("releases/" + release), withIntermediateDirectories: true)
        }
        try folder.write("", to: "releases/two/lib.so")
        try link("current", to: "releases/two")
        try link("lib.so", to: "current/lib.so")
        try link("absolute", to: folder.path("lib.so"))
        try link("releases/up", to: "../lib.so")
        #expect(trail("lib.so") == ["lib.so", "current", "releases/two/lib.so"])
        #expect(trail("absolute") == ["absolute", "lib.so", "current", "releases/two/lib.so"])
        #expect(trail("releases/up") == ["releases/up", "lib.so", "current", "releases/two/lib.so"])
    }

    @Test func `a link that leads nowhere or to itself ends`() throws {
        try link("nowhere", to: "absent/lib.so")
        try link("a", to: "b")
        try link("b", to: "a")
        #expect(trail("nowhere") == ["nowhere", "absent/lib.so"])
        #expect(trail("a").count <= 41)
    }
}

@Suite struct `Writers` {
    @Test func `a file has a writer until the last one has closed it`() throws {
        let folder = TemporaryFolder()
        let file = try folder.write("x", to: "file")
        let reader = try OpenFile(file, .read)
        #expect(!reader.hasWriter)
        for flags in [O_WRONLY, O_RDWR, O_WRONLY | O_APPEND] {
            let writer = open(file, flags)
            #expect(reader.hasWriter)
            close(writer)
            #expect(!reader.hasWriter)
        }
        #expect(!(try OpenFile("/dev/null", .read)).hasWriter, "no file that leases are for")
    }

    @Test func `who begins to write meanwhile harms nobody`() throws {
        let folder = TemporaryFolder()
        let file = try folder.write("x", to: "file")
        let writer = Thread { for _ in 0..<20_000 { close(open(file, O_WRONLY)) } }
        writer.start()
        let reader = try OpenFile(file, .read)
        while !writer.isFinished { _ = reader.hasWriter }
    }
}
