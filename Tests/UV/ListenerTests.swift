import CPOSIX
import Foundation
import TestSupport
import Testing
import UV

@Suite struct ListenerTests {
    @Test func `the socket's file has the rights asked for, and is gone after close`() throws {
        let folder = TemporaryFolder()
        let loop = try Loop()
        for mode: UInt32 in [0o600, 0o660, 0o666] {
            let listener = try Listener.unix(loop, path: folder.path("s"), mode: mode) { _ in }
            var status = stat()
            #expect(lstat(folder.path("s"), &status) == 0)
            #expect(status.st_mode & 0o777 == mode)
            #expect(listener.port == 0)
            listener.close()
            #expect(!folder.holds("s"))
        }
    }

    @Test func `a dropped listener removes its file`() throws {
        let folder = TemporaryFolder()
        let loop = try Loop()
        _ = try Listener.unix(loop, path: folder.path("s")) { _ in }
        #expect(!folder.holds("s"))
    }

    @Test func `a stale socket is replaced, a live one is not, nor another file`() throws {
        let folder = TemporaryFolder()
        let loop = try Loop()
        let path = folder.path("s")
        let stale = martlet_bind_unix_socket(path, 0o600)
        #expect(stale >= 0)
        close(stale)
        #expect(folder.holds("s"))
        let live = try Listener.unix(loop, path: path) { _ in }
        #expect(throws: UVError.addressInUse) { try Listener.unix(loop, path: path) { _ in } }
        #expect(folder.holds("s"))
        live.close()
        try folder.write("mine", to: "s")
        #expect(throws: UVError.addressInUse) { try Listener.unix(loop, path: path) { _ in } }
        #expect(folder.holds("s"))
    }

    @Test func `a path of 107 bytes works and one of 108 is refused on both sides`() throws {
        let folder = TemporaryFolder()
        let loop = try Loop()
        let longest = folder.path(String(repeating: "x", count: 107 - folder.path("").utf8.count))
        #expect(longest.utf8.count == 107)
        let accepted = Found(0)
        let listener = try Listener.unix(loop, path: longest) { _ in accepted.value += 1 }
        var results: [UVError?] = []
        UV.Stream.connect(loop, unixPath: longest) { results.append($0.failure) }
        #expect(run(loop) { accepted.value == 1 && results.count == 1 })
        UV.Stream.connect(loop, unixPath: longest + "y") { results.append($0.failure) }
        #expect(results.count == 1)
        #expect(run(loop) { results.count == 2 })
        #expect(results == [nil, .nameTooLong])
        #expect(throws: UVError.nameTooLong) { try Listener.unix(loop, path: longest + "y") { _ in } }
        withExtendedLifetime(listener) {}
    }

    @Test func `a folder that is not there is ENOENT, an empty path EINVAL`() throws {
        let folder = TemporaryFolder()
        let loop = try Loop()
        #expect(throws: UVError.noEntry) { try Listener.unix(loop, path: folder.path("no/s")) { _ in } }
        #expect(throws: UVError.invalid) { try Listener.unix(loop, path: "") { _ in } }
        #expect(throws: UVError.invalid) { try Listener.unix(loop, path: folder.path("a\0b")) { _ in } }
    }

    @Test func `a connection that nobody keeps is closed`() throws {
        let folder = TemporaryFolder()
        let loop = try Loop()
        let listener = try Listener.unix(loop, path: folder.path("s")) { _ in }
        let client = Found<UV.Stream?>(nil)
        var ended = false
        UV.Stream.connect(loop, unixPath: folder.path("s")) { result in
            client.value = try? result.get()
            client.value?.read({ _ in }, end: { _ in ended = true })
        }
        #expect(run(loop) { ended })
        withExtendedLifetime(listener) {}
    }

    // Addresses of a machine without IPv6 are left out.
    @Test(arguments: loopbacks)
    func `port 0 is a free port, which is told, and taken`(ip: String) throws {
        let loop = try Loop()
        let server = Found<UV.Stream?>(nil)
        let listener = try Listener.tcp(loop, host: ip, port: 0) { server.value = $0 }
        #expect(listener.port > 0)
        #expect(throws: UVError.addressInUse) { try Listener.tcp(loop, host: ip, port: listener.port) { _ in } }
        let client = Found<UV.Stream?>(nil)
        UV.Stream.connect(loop, host: ip, port: listener.port) { client.value = try? $0.get() }
        #expect(run(loop) { server.value != nil && client.value != nil })
        var received: [UInt8] = []
        server.value?.read({ received.append(contentsOf: $0) }, end: { _ in })
        client.value?.write([1, 2, 3])
        #expect(run(loop) { received == [1, 2, 3] })
        #expect(client.value?.peerProcessID == nil)
    }

    @Test func `a host name is no address`() throws {
        let loop = try Loop()
        #expect(throws: UVError.invalid) { try Listener.tcp(loop, host: "localhost", port: 0) { _ in } }
        var failure: UVError?
        UV.Stream.connect(loop, host: "localhost", port: 1) { failure = $0.failure }
        #expect(run(loop) { failure != nil })
        #expect(failure == .invalid)
    }

    @Test func `connecting to nobody fails`() throws {
        let folder = TemporaryFolder()
        let loop = try Loop()
        let closed = try Listener.tcp(loop, host: "127.0.0.1", port: 0) { _ in }
        let port = closed.port
        closed.close()
        var failures: [UVError?] = []
        UV.Stream.connect(loop, host: "127.0.0.1", port: port) { failures.append($0.failure) }
        #expect(run(loop) { failures.count == 1 })
        UV.Stream.connect(loop, unixPath: folder.path("none")) { failures.append($0.failure) }
        #expect(run(loop) { failures.count == 2 })
        #expect(failures == [.connectionRefused, .noEntry])
    }

    @Test func `an attempt that is given up ends with ECANCELED`() throws {
        let loop = try Loop()
        let listener = try Listener.tcp(loop, host: "127.0.0.1", port: 0) { _ in }
        var failure: UVError?
        UV.Stream.connect(loop, host: "127.0.0.1", port: listener.port) { failure = $0.failure }?.close()
        #expect(failure == nil)
        #expect(run(loop) { failure != nil })
        #expect(failure == .canceled)
    }

    @Test func `a listener may be closed in its own callback`() throws {
        let folder = TemporaryFolder()
        let loop = try Loop()
        let listener = Found<Listener?>(nil)
        var count = 0
        listener.value = try Listener.unix(loop, path: folder.path("s")) { _ in
            count += 1
            listener.value?.close()
            listener.value = nil
        }
        UV.Stream.connect(loop, unixPath: folder.path("s")) { _ in }
        UV.Stream.connect(loop, unixPath: folder.path("s")) { _ in }
        #expect(run(loop) { count > 0 })
        settle(loop)
        #expect(count == 1)
    }
}

private let loopbacks: [String] = {
    let version6 = (try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8)) ?? ""
    return version6.contains("00000000000000000000000000000001 ") ? ["127.0.0.1", "::1"] : ["127.0.0.1"]
}()

extension Result where Failure == UVError {
    var failure: UVError? {
        if case .failure(let error) = self { return error }
        return nil
    }
}
