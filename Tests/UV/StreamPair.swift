import TestSupport
import Testing
import UV

/// Two connected unix sockets on one loop.
final class StreamPair {
    let loop: Loop
    let client: UV.Stream
    private var accepted: UV.Stream?

    var server: UV.Stream { accepted! }

    init() throws {
        let folder = TemporaryFolder()
        let loop = try Loop()
        let server = Found<UV.Stream?>(nil)
        let client = Found<UV.Stream?>(nil)
        let listener = try Listener.unix(loop, path: folder.path("s")) { server.value = $0 }
        UV.Stream.connect(loop, unixPath: folder.path("s")) { client.value = try? $0.get() }
        #expect(run(loop) { server.value != nil && client.value != nil })
        listener.close()
        self.loop = loop
        self.client = try #require(client.value)
        self.accepted = server.value
    }

    /// The server's side, which is then the caller's alone.
    func takeServer() -> UV.Stream {
        defer { accepted = nil }
        return server
    }
}

/// Writes again and again until the other side is gone. A first write may still succeed: a test beside this one that forks holds
/// a copy of all descriptors until its exec.
func writeUntilRefused(_ stream: UV.Stream, _ loop: Loop) -> UVError? {
    let failure = Found<UVError?>(nil)
    func writeAgain() {
        stream.write([1]) { error in
            failure.value = error
            if error == nil { writeAgain() }
        }
    }
    writeAgain()
    #expect(failure.value == nil)
    #expect(run(loop) { failure.value != nil })
    return failure.value
}
