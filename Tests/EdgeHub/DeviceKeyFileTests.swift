import EdgeHub
import Foundation
import JSON
import ModuleIdentities
import ModuleLinks
import TestSupport
import Testing

/// The file of the master key, whole or not at all.
struct DeviceKeyFileTests {
    let folder = TemporaryFolder()
    var state: Text { Text(folder.path("state")) }
    var file: String { folder.path("state/keys/device.key") }

    private func load(_ log: (HubLogLevel, Text) -> Void = { _, _ in }) throws -> DeviceKey {
        try DeviceKeyFile.load(directory: state, log: log)
    }

    private func reason() -> String {
        do throws(HubError) {
            _ = try DeviceKeyFile.load(directory: state) { _, _ in }
            return "nothing is wrong"
        } catch {
            return error.reason.string
        }
    }

    private func permissions(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private func put(_ text: String) throws {
        try FileManager.default.createDirectory(atPath: folder.path("state/keys"), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file))
        for (path, right) in [(folder.path("state/keys"), 0o700), (file, 0o600)] {
            try FileManager.default.setAttributes([.posixPermissions: right], ofItemAtPath: path)
        }
    }

    @Test func `the first start makes a key, for the owner only, and later ones find it`() throws {
        var lines: [String] = []
        let key = try load { lines.append("\($0) \($1)") }
        #expect(lines == ["info the device has made its key, \(file); the keys of its modules are derived from it"])
        #expect(try permissions(file) == 0o600)
        #expect(try permissions(folder.path("state/keys")) == 0o700)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.utf8.count == 45 && text.hasSuffix("=\n"))
        #expect(key == DeviceKey(secret: try #require(Base64.decode(Text(String(text.dropLast()))))))
        lines = []
        #expect(try load { lines.append("\($1)") } == key)
        #expect(lines.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("state/keys")) == ["device.key"])
    }

    @Test func `a key that is gone from beside a state is made again, with a warning`() throws {
        try FileManager.default.createDirectory(atPath: folder.path("state"), withIntermediateDirectories: true)
        try Data("any".utf8).write(to: URL(filePath: folder.path("state/martlet.db")))
        var lines: [String] = []
        _ = try load { lines.append("\($0) \($1)") }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("warning there was no \(file) beside the state") == true)
    }

    @Test func `no two devices make the same key`() throws {
        let other = TemporaryFolder()
        #expect(try load() != DeviceKeyFile.load(directory: Text(other.path("state"))) { _, _ in })
    }

    @Test func `what a start left that was cut off is no key and in nobody's way`() throws {
        try put("half")
        try FileManager.default.moveItem(atPath: file, toPath: file + ".new")
        let key = try load()
        #expect(try load() == key)
        #expect(!FileManager.default.fileExists(atPath: file + ".new"))
    }

    @Test(arguments: [
        "", "\n", "half", "c2hvcnQ=\n", String(repeating: "A", count: 44) + "\n", String(repeating: "A", count: 43) + "=\n\n",
        String(repeating: "A", count: 86) + "==\n", String(repeating: "AAAA", count: 100), "\u{0}",
        String(repeating: "A", count: 43) + "=\r\n",
    ]) func `a damaged key refuses the start, and the file is left as it is`(content: String) throws {
        try put(content)
        #expect(
            reason()
                == "\(file): it is damaged: it should hold 32 bytes as base64, and is left as it is; bring back a copy, or begin with a new key by --reset-state, with which all tokens in use are worth nothing"
        )
        #expect(try String(contentsOfFile: file, encoding: .utf8) == content)
    }

    @Test func `a key without a newline behind it is one too`() throws {
        try put(String(repeating: "A", count: 43) + "=")
        #expect(try load() == DeviceKey(secret: [UInt8](repeating: 0, count: 32)))
    }

    @Test func `a key that others may read is used with a warning`() throws {
        let key = try load()
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("state/keys"))
        var lines: [String] = []
        #expect(try load { lines.append("\($0) \($1)") } == key)
        #expect(
            lines == [
                "warning \(file) is open to other users, and the device's key is a secret: chmod 600 \(file)",
                "warning \(folder.path("state/keys")) is open to other users, and the device's key is a secret: chmod 700 \(folder.path("state/keys"))",
            ])
    }

    @Test(.enabled(if: getuid() != 0, "root reads everything")) func `a key that cannot be read refuses the start`() throws {
        _ = try load()
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file)
        #expect(
            reason()
                == "open \(file): Permission denied: the device's key cannot be used; the file must be readable and its folder writable for this user; or begin with a new key by --reset-state"
        )
    }

    @Test func `a folder in its place refuses the start`() throws {
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
        #expect(
            reason()
                == "read \(file): Is a directory: the device's key cannot be used; a file with 32 bytes as base64 should be there; bring it back, or begin with a new key by --reset-state"
        )
    }

    @Test func `a link that leads nowhere is no reason to make another key`() throws {
        try put("")
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/nowhere/device.key")
        #expect(reason().hasPrefix("open \(file): No such file or directory: the device's key cannot be used;"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file) == "/nowhere/device.key")
    }

    @Test func `a file in the folder's place is named`() throws {
        try FileManager.default.createDirectory(atPath: folder.path("state"), withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: folder.path("state/keys")))
        #expect(reason().contains("\(folder.path("state/keys"))"))
    }

    @Test func `a damaged key is set aside when asked, and a new one made`() throws {
        try put("half")
        #expect(try DeviceKeyFile.setDamagedAside(directory: state) == "\(file).aside-1")
        let key = try load()
        #expect(try String(contentsOfFile: file + ".aside-1", encoding: .utf8) == "half")
        #expect(try DeviceKeyFile.setDamagedAside(directory: state) == nil)
        #expect(try load() == key)
        try put("worse")
        #expect(try DeviceKeyFile.setDamagedAside(directory: state) == "\(file).aside-2")
    }

    @Test func `where no key is, nothing is set aside`() throws {
        #expect(try DeviceKeyFile.setDamagedAside(directory: state) == nil)
    }

    @Test func `of damaged keys no more than 16 are kept, and none is overwritten`() throws {
        for number in 1...16 {
            try put("damaged \(number)")
            _ = try DeviceKeyFile.setDamagedAside(directory: state)
        }
        try put("one too many")
        #expect(throws: HubError.self) { try DeviceKeyFile.setDamagedAside(directory: state) }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "one too many")
        #expect(try String(contentsOfFile: file + ".aside-1", encoding: .utf8) == "damaged 1")
    }
}
