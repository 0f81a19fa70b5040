import Foundation
import TestSupport
import Testing

/// Changes a twin over a connection of its own: the same number as a tag and as a desired property, one more each time.
///
/// Its numbers are used by one thread at a time: that of `run`, and then that of `compare`.
final class TwinWriter: @unchecked Sendable {
    let path: String
    private let key: String
    private(set) var acknowledged = 0
    private(set) var sent = 0
    private var version = 0
    private var revision = 0
    private var isRefused = false

    init(_ path: String, key: String) {
        self.path = path
        self.key = key
    }

    /// Writes until the host is gone.
    func run(_ socket: String, _ tally: Tally) {
        guard let client = ManagementClient(socket) else { return }
        while let isAccepted = write(client) {
            guard isAccepted else {
                isRefused = true
                return
            }
            tally.add()
        }
    }

    /// Writes once. nil: the host is gone.
    /// - Parameter filling: bytes that go with it.
    @discardableResult
    func write(_ client: ManagementClient, filling: Int = 0) -> Bool? {
        sent += 1
        // A string may have 4 KB.
        let parts = (0..<(filling + 3999) / 4000).map { #","p\#($0)":"\#(String(repeating: "x", count: min(4000, filling - 4000 * $0)))""# }
        let body = #"{"tags":{"\#(key)":\#(sent)},"properties":{"desired":{"\#(key)":\#(sent)\#(parts.joined())}}}"#
        guard let answer = client.ask("PATCH", path, body) else { return nil }
        guard answer.status == 200 else { return false }
        let twin = answer.json
        (acknowledged, version) = (sent, twin["properties"]["desired"]["$version"].int ?? 0)
        revision = twin["version"].int ?? 0
        return true
    }

    /// Compares with what a start found, and goes on from there.
    func compare(_ twin: JSONValue) {
        let desired = twin["properties"]["desired"]
        let there = desired[key].int ?? 0
        #expect(!isRefused)
        #expect((twin["tags"][key].int ?? 0) == there, "of one patch of \(key) the tag and the desired property")
        #expect(there >= acknowledged, "\(key) is \(there); \(acknowledged) was acknowledged")
        #expect(there <= sent, "\(key) is \(there); \(sent) was the last that was sent")
        #expect(desired["$version"].int ?? 0 >= version)
        #expect(twin["version"].int ?? 0 >= revision)
        (acknowledged, sent) = (there, there)
    }
}
