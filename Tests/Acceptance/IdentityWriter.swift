import Foundation
import TestSupport
import Testing

/// Makes and deletes identities over a connection of its own, in turns, with and without something in their twins.
///
/// What it knows is used by one thread at a time: that of `run`, and then that of `compare`.
final class IdentityWriter: @unchecked Sendable {
    private struct Known: Equatable {
        let generation: String
        let key: String
    }

    /// What was acknowledged, and what was asked for when the host died.
    private enum State {
        case absent, present(Known), comes, goes(Known)
    }

    private(set) var acknowledged = 0
    private var states: [String: State] = [:]
    private var generations: Set<String> = []
    private var isRefused = false
    private var next = 0

    private func path(_ name: String) -> String { "/devices/Hannover01/modules/\(name)" }

    /// Writes until the host is gone.
    func run(_ socket: String, _ tally: Tally) {
        guard let client = ManagementClient(socket) else { return }
        while true {
            next += 1
            let name = "x\(next % 5)"
            let answer: ManagementClient.Answer?
            switch states[name] ?? .absent {
            case .present(let known):
                states[name] = .goes(known)
                answer = client.ask("DELETE", path(name), headers: ["If-Match: *"])
                if answer?.status == 204 { states[name] = .absent }
            default:
                states[name] = .comes
                answer = client.ask("PUT", path(name), #"{"deviceId":"Hannover01","moduleId":"\#(name)"}"#)
                if let answer, answer.status == 201 { take(name, answer.json) }
            }
            guard let answer else { return }
            guard answer.status < 300 else {
                isRefused = true
                return
            }
            acknowledged += 1
            tally.add()
        }
    }

    private func take(_ name: String, _ entry: JSONValue) {
        let known = known(entry)
        // One that was made anew is never taken for the one before it.
        isRefused = isRefused || !generations.insert(known.generation).inserted
        states[name] = .present(known)
    }

    private func known(_ entry: JSONValue) -> Known {
        Known(
            generation: entry["generationId"].string ?? "",
            key: entry["authentication"]["symmetricKey"]["primaryKey"].string ?? "")
    }

    /// Compares with what a start found, and goes on from there.
    func compare(_ client: ManagementClient) throws {
        #expect(!isRefused)
        for (name, state) in states {
            guard let answer = client.ask("GET", path(name)), [200, 404].contains(answer.status) else { throw Late("GET \(path(name))") }
            let isThere = answer.status == 200
            let there = known(answer.json)
            switch state {
            case .absent: #expect(!isThere, "\(name) was deleted")
            case .present(let known): #expect(isThere && there == known, "\(name) was made")
            case .goes(let known): #expect(!isThere || there == known, "\(name) was to be deleted")
            case .comes: #expect(!isThere || !generations.contains(there.generation), "\(name) was to be made")
            }
            let twin = client.ask("GET", "/twins/Hannover01/modules/\(name)")
            #expect(twin?.status == answer.status, "an identity has a twin, and no twin is without one")
            #expect(!isThere || !there.key.isEmpty && twin?.json["properties"]["desired"]["$version"].int == 1)
            states[name] = isThere ? .present(there) : .absent
            if isThere { generations.insert(there.generation) }
        }
    }
}
