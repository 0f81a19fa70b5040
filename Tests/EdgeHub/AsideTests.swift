import Foundation
import JSON
import ModuleLinks
import SQLite
import TestSupport
import Testing
import UV

@testable import EdgeHub

/// A database that cannot be used, and what `--reset-state` does.
@Suite struct AsideTests {
    private let folder = TemporaryFolder()
    private var state: String { folder.path("state") }
    private var file: String { state + "/martlet.db" }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: state).sorted() }

    private func setAside() throws -> Text? { try StateStore.setAside(directory: Text(state)) }

    /// A state with a twin in it, its log still beside it, as after a kill.
    private func makeKilledState() throws {
        let origin = TemporaryFolder()
        let bench = try HubBench(folder: origin)
        _ = bench.hub.ensureTwin("m")
        _ = try bench.patch("m", ["of": "the first state"]).get()
        try FileManager.default.copyItem(atPath: origin.path("state"), toPath: state)
        #expect(try names() == ["martlet.db", "martlet.db-wal"])
    }

    private func refusal() throws -> String {
        let loop = try Loop()
        defer { loop.close() }
        let error = #expect(throws: HubError.self) { _ = try StateStore(directory: Text(state), loop: loop) }
        return error?.reason.string ?? ""
    }

    enum Damage: CaseIterable {
        case garbage, empty, halfPage, halfFile, foreign, laterSchema, otherSchema, folder
    }

    private func damage(_ damage: Damage) throws {
        switch damage {
        case .garbage: try Data(repeating: 0x5A, count: 20_000).write(to: URL(fileURLWithPath: file))
        case .empty: try Data().write(to: URL(fileURLWithPath: file))
        case .halfPage: try bytes(file).prefix(1000).write(to: URL(fileURLWithPath: file))
        case .halfFile:
            // All of it in one file, of which one half is gone.
            try Database.open(file).execute("PRAGMA wal_checkpoint(TRUNCATE)")
            let whole = try bytes(file)
            try whole.prefix(whole.count / 8192 * 4096).write(to: URL(fileURLWithPath: file))
        case .foreign: try Database.open(file).execute("PRAGMA application_id = 7; CREATE TABLE theirs (x)")
        case .laterSchema: try Database.open(file).execute("PRAGMA user_version = 99")
        case .otherSchema: try Database.open(file).execute("DROP TABLE twins")
        case .folder:
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
        }
    }

    @Test(arguments: Damage.allCases)
    func `a database that cannot be used is refused, left as it is, and set aside when it is told`(_ kind: Damage) throws {
        try makeKilledState()
        if kind == .garbage || kind == .halfPage || kind == .empty { try FileManager.default.removeItem(atPath: file + "-wal") }
        try damage(kind)
        let names = try names()
        func contents(of base: String) throws -> [Data] {
            try names.map {
                kind == .folder && $0 == "martlet.db" ? Data() : try bytes(state + "/" + $0.replacing("martlet.db", with: base))
            }
        }
        let before = try contents(of: "martlet.db")
        for _ in 1...2 {
            let reason = try refusal()
            #expect(reason.contains(file) && reason.contains("--reset-state"), "\(kind): \(reason)")
            #expect(try contents(of: "martlet.db") == before, "\(kind)")
        }
        #expect(try setAside()?.string == file + ".aside-1")
        #expect(try contents(of: "martlet.db.aside-1") == before)
        #expect(try self.names().allSatisfy { $0.hasPrefix("martlet.db.aside-1") })
        let bench = try HubBench(folder: folder)
        #expect(bench.hub.identityRecords().isEmpty)
        #expect(try contents(of: "martlet.db.aside-1") == before)
    }

    @Test func `a link to a database on a disk that is not there is refused, and not replaced`() throws {
        try makeKilledState()
        try FileManager.default.moveItem(atPath: file, toPath: folder.path("elsewhere.db"))
        let log = try bytes(file + "-wal")
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: folder.path("away/martlet.db"))
        let reason = try refusal()
        #expect(reason.contains(file) && reason.contains("--reset-state"), "\(reason)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file) == folder.path("away/martlet.db"))
        #expect(try bytes(file + "-wal") == log)
        #expect(try setAside()?.string == file + ".aside-1")
        #expect(try names() == ["martlet.db.aside-1", "martlet.db.aside-1-wal"])
    }

    @Test func `a state that is set aside can be brought back whole`() throws {
        try makeKilledState()
        let name = try #require(try setAside()).string
        try FileManager.default.moveItem(atPath: name, toPath: file)
        try FileManager.default.moveItem(atPath: name + "-wal", toPath: file + "-wal")
        let bench = try HubBench(folder: folder)
        #expect(bench.hub.twin("m")?["properties"]?["desired"]?["of"] == "the first state")
    }

    @Test func `a setting aside that was cut off is brought to its end by the next start`() throws {
        try makeKilledState()
        let log = try bytes(file + "-wal")
        try FileManager.default.moveItem(atPath: file, toPath: file + ".aside-3")
        do {
            let bench = try HubBench(folder: folder)
            #expect(bench.hub.identityRecords().isEmpty)
        }
        #expect(try bytes(file + ".aside-3-wal") == log)
        // A log whose database somebody took away is kept too.
        try FileManager.default.moveItem(atPath: file + ".aside-3-wal", toPath: file + "-wal")
        try FileManager.default.removeItem(atPath: file)
        #expect(try setAside()?.string == file + ".aside-3-wal")
        #expect(try setAside() == nil)
    }

    @Test func `sixteen states are kept, none of them is overwritten, and the seventeenth is refused`() throws {
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
        for number in 1...16 {
            try folder.write("state \(number)", to: "state/martlet.db")
            #expect(try setAside()?.string == file + ".aside-\(number)")
        }
        try folder.write("state 17", to: "state/martlet.db")
        let error = #expect(throws: HubError.self) { try setAside() }
        #expect(error?.reason.string.contains("move or remove the oldest, \(file).aside-1, first") == true)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "state 17")
        try FileManager.default.removeItem(atPath: file + ".aside-1")
        #expect(try setAside()?.string == file + ".aside-17")
        for number in 2...17 { #expect(try String(contentsOfFile: file + ".aside-\(number)", encoding: .utf8) == "state \(number)") }
    }

    @Test func `nothing to set aside is none`() throws {
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
        #expect(try setAside() == nil)
        #expect(try names().isEmpty)
    }

    @Test func `a folder that is not there cannot be reset, and is not made`() throws {
        let error = #expect(throws: HubError.self) { try setAside() }
        #expect(error?.reason.string.contains(state) == true)
        #expect(!FileManager.default.fileExists(atPath: state))
    }

    @Test func `a database that may not be read is refused by name`() throws {
        try makeKilledState()
        let before = try bytes(file)
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: state)
        let reason = Reason()
        // The rights of one thread alone: root may read everything.
        let thread = Foundation.Thread {
            becomeNobody()
            reason.text = (try? self.refusal()) ?? "no error"
            reason.isThere.signal()
        }
        thread.start()
        reason.isThere.wait()
        #expect(reason.text.contains(file) && reason.text.contains("--reset-state"), "\(reason.text)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        #expect(try bytes(file) == before)
    }

    private final class Reason: @unchecked Sendable {
        var text = ""
        let isThere = DispatchSemaphore(value: 0)
    }
}

/// From now on the calling thread, and no other, is nobody where files are concerned.
private func becomeNobody() {
    typealias SetID = @convention(c) (UInt32) -> Int32
    // Not in Swift's module of the C library.
    if let symbol = dlsym(nil, "setfsuid") { _ = unsafeBitCast(symbol, to: SetID.self)(65534) }
}
