import HTTP
import JSON
import Management
import ModuleIdentities
import TestSupport
import Testing
import UV

/// The gate of the HTTPS port; TLS is left out.
@Suite struct `The HTTPS port` {
    private static let key = Array("0123456789abcdef0123456789abcdef".utf8)

    /// Lets in who has signed with the key: the policy `owner`, and all identities.
    private final class Access: ServiceAccess {
        var told: [Text] = []

        func authorize(_ token: SharedAccessSignature, path: [Text]) -> SASError? {
            do throws(SASError) {
                try token.check(policy: "owner", key: key, hosts: ["hub"], path: path, now: 1000)
                return nil
            } catch {
                return error
            }
        }

        func authorize(_ token: Text, as identity: ModuleIdentity) -> SASError? {
            do throws(SASError) {
                let keys = SymmetricKeys(primary: key, secondary: key)
                try SharedAccessSignature(parsing: token).check(for: identity, hosts: ["hub"], keys: keys, now: 1000)
                return nil
            } catch {
                return error
            }
        }

        func refused(_ reason: Text) { told.append(reason) }
    }

    private final class Fixture {
        let loop: Loop
        let device = TestDevice()
        let access = Access()
        let server: ServiceServer

        init() throws {
            loop = try Loop()
            server = try ServiceServer(loop, host: "127.0.0.1", port: 0, tls: nil, device: device, access: access)
        }

        deinit {
            server.close()
            loop.close()
        }

        /// The status, and the body that came with it.
        func ask(_ method: HTTPMethod, _ path: String, _ headers: HTTPHeaders = [:], _ body: String = "") -> (status: Int, body: JSON) {
            send(
                HTTPRequest(
                    method, path: path.split(separator: "/").map { Text(String($0)) }, headers: headers, body: Array(body.utf8),
                    keepsAlive: false
                ).bytes)
        }

        /// What comes back for these bytes.
        func send(_ request: [UInt8]) -> (status: Int, body: JSON) {
            var stream: Stream?
            var received: [UInt8] = []
            var hasEnded = false
            Stream.connect(loop, host: "127.0.0.1", port: server.port) { result in
                guard case .success(let connected) = result else { return }
                stream = connected
                connected.read({ received += $0 }, end: { _ in hasEnded = true })
                connected.write(request, done: nil)
            }
            _ = run(loop) { hasEnded }
            stream?.close()
            let parser = ResponseParser()
            var answer = (status: 0, body: [UInt8]())
            for event in (try? received.withUnsafeBytes { try parser.feed($0) }) ?? [] {
                switch event {
                case .head(let status, _): answer.status = status
                case .body(let bytes): answer.body += bytes
                case .end: break
                }
            }
            return (answer.status, (try? JSON.parse(answer.body)) ?? .null)
        }
    }

    private static func token(_ resource: Text, expiry: Int64 = 2000, key: [UInt8] = key, policy: Text? = nil) -> Text {
        SharedAccessSignature.make(resource: resource, key: key, expiry: expiry, policy: policy)
    }

    private static let method = #"{"methodName": "reset", "payload": {"a": 1}}"#
    private static let ofModule = "hub/devices/D/modules/a" as Text

    @Test func `a module calls methods with its own token`() throws {
        let fixture = try Fixture()
        let headers: HTTPHeaders = ["x-ms-edge-moduleId": "D/a", "Authorization": Self.token(Self.ofModule)]
        let answer = fixture.ask(.post, "twins/D/modules/a/methods", headers, Self.method)
        #expect(answer.status == 200 && answer.body == ["status": 201, "payload": ["echo": ["a": 1]]])
        #expect(fixture.ask(.post, "twins/D/methods", headers, Self.method).status == 200)
        #expect(fixture.device.asked == [#"invoke a reset {"a":1} 0 30000"#, #"invoke - reset {"a":1} 0 30000"#])
        #expect(fixture.access.told == [])
    }

    @Test(
        arguments: [
            (nil, ofModule, 400, "there is no x-ms-edge-moduleId: the caller's device/module is expected"),
            ("", ofModule, 400, #"x-ms-edge-moduleId is "": device/module is expected"#),
            ("D/", ofModule, 400, #"x-ms-edge-moduleId is "D/": device/module is expected"#),
            ("D/a/b", ofModule, 400, #"x-ms-edge-moduleId is "D/a/b": device/module is expected"#),
            ("E/a", "hub/devices/E/modules/a", 401, "/devices/E/modules/a may not call methods here: only identities of this device may"),
            ("sensor-7", "hub/devices/sensor-7", 401, "/devices/sensor-7 may not call methods here: only identities of this device may"),
            (
                "D/b", ofModule, 401,
                #"Authorization: the token is for "/devices/D/modules/a", not for "/devices/D/modules/b""#
            ),
        ] as [(Text?, Text, Int, Text)])
    func `a caller must say who it is, and have a token of that`(caller: Text?, resource: Text, status: Int, message: Text) throws {
        let fixture = try Fixture()
        var headers: HTTPHeaders = ["Authorization": Self.token(resource)]
        if let caller { headers.add("x-ms-edge-moduleId", caller) }
        let answer = fixture.ask(.post, "twins/D/modules/a/methods", headers, Self.method)
        #expect(answer.status == status && answer.body == ["message": .string(message)])
        #expect(fixture.device.asked == [] && fixture.access.told == [message])
    }

    @Test func `nothing is done without a good token`() throws {
        let fixture = try Fixture()
        let wrong = [UInt8](repeating: 9, count: 32)
        let bad: [Text?] = [
            nil, "", "Bearer x", "SharedAccessSignature sr=hub", Self.token(Self.ofModule, key: wrong),
            Self.token(Self.ofModule, expiry: 1),
        ]
        for token in bad {
            var headers: HTTPHeaders = ["x-ms-edge-moduleId": "D/a"]
            if let token { headers.add("Authorization", token) }
            let answer = fixture.ask(.post, "twins/D/modules/a/methods", headers, Self.method)
            #expect(answer.status == 401, "\(token ?? "none")")
            let said = answer.body["message"]?.string ?? ""
            #expect(!said.isEmpty && !said.string.contains("sig="))
        }
        #expect(fixture.ask(.get, "nothing").status == 401, "what is there strangers do not hear")
        #expect(fixture.device.asked == [])
    }

    @Test func `who has no token is not waited for`() throws {
        let fixture = try Fixture()
        // The body that is announced never comes, and the answer does.
        let head = "POST /twins/D/modules/a/methods HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 200000\r\n"
        let answer = fixture.send(Array((head + "\r\n{").utf8))
        #expect(answer.status == 401 && fixture.access.told.count == 1)
        let caller = head + "x-ms-edge-moduleId: D/a\r\nAuthorization: \(Self.token(Self.ofModule))\r\n\r\n"
        let body = Self.method + String(repeating: " ", count: 200_000 - Self.method.utf8.count)
        // A head with a token waits for its body, and the answer comes once it is there.
        let whole = fixture.send(Array((caller + body).utf8))
        #expect(whole.status == 200 && fixture.access.told.count == 1)
    }

    @Test func `a module's token opens methods only`() throws {
        let fixture = try Fixture()
        let headers: HTTPHeaders = ["x-ms-edge-moduleId": "D/a", "Authorization": Self.token(Self.ofModule)]
        for path in ["twins/D", "twins/D/modules/a", "devices/D", "devices/D/modules", "modules"] {
            let answer = fixture.ask(.get, path, headers)
            #expect(answer.status == 401 && answer.body["Message"]?.string?.hasPrefix("the service API takes tokens of a policy") == true)
        }
        #expect(fixture.ask(.delete, "devices/D/modules/a", headers).status == 401)
        #expect(fixture.device.asked == [])
    }

    @Test func `the policy's token opens registry, twins and methods`() throws {
        let fixture = try Fixture()
        let headers: HTTPHeaders = ["Authorization": Self.token("hub", policy: "owner")]
        #expect(fixture.ask(.get, "devices/D/modules/a", headers).body["generationId"] == "1")
        #expect(fixture.ask(.get, "twins/D", headers).body["etag"] == "AAA=")
        #expect(fixture.ask(.patch, "twins/D/modules/a", headers, #"{"properties": {"desired": {"x": 1}}}"#).status == 200)
        #expect(fixture.ask(.post, "twins/D/modules/a/methods", headers, Self.method).status == 200)
        #expect(fixture.ask(.put, "devices/D/modules/new", headers, "{}").status == 201)
        #expect(fixture.ask(.delete, "devices/D/modules/new", headers).status == 204)
        // What only the management socket has.
        #expect(fixture.ask(.get, "modules/a/logs", headers).status == 404)
        #expect(fixture.ask(.post, "modules/a/restart", headers).status == 404)
    }

    @Test(
        arguments: [
            ("hub", "other", key, 2000, "is of the policy"), ("elsewhere", "owner", key, 2000, "is for the host"),
            ("hub/devices/E", "owner", key, 2000, "only"), ("hub", "owner", [UInt8](repeating: 1, count: 32), 2000, "was not signed"),
            ("hub", "owner", key, 600, "expired"),
        ] as [(Text, Text, [UInt8], Int64, String)])
    func `another policy's token opens nothing`(resource: Text, policy: Text, key: [UInt8], expiry: Int64, part: String) throws {
        let fixture = try Fixture()
        let headers: HTTPHeaders = ["Authorization": Self.token(resource, expiry: expiry, key: key, policy: policy)]
        let answer = fixture.ask(.get, "twins/D", headers)
        #expect(answer.status == 401 && answer.body["Message"]?.string?.string.contains(part) == true, "\(answer)")
        #expect(fixture.ask(.post, "twins/D/methods", headers, Self.method).status == 401)
        #expect(fixture.device.asked == [])
    }

    @Test func `a token for a part of the hub is good for that part`() throws {
        let fixture = try Fixture()
        let headers: HTTPHeaders = ["Authorization": Self.token("HUB/twins/D", policy: "owner")]
        #expect(fixture.ask(.get, "twins/D/modules/a", headers).status == 200)
        #expect(fixture.ask(.get, "devices/D", headers).status == 401)
    }

    @Test func `strangers who say nothing keep nobody out`() throws {
        let fixture = try Fixture()
        let headers: HTTPHeaders = ["Authorization": Self.token("hub", policy: "owner")]
        let request = HTTPRequest(.get, path: ["twins", "D"], headers: headers).bytes
        // One with a token that keeps its connection.
        let known = Client(fixture, sends: request)
        #expect(run(fixture.loop) { known.received.contains(UInt8(ascii: "}")) })
        let strangers = (0..<70).map { _ in Client(fixture, sends: Array("GET / HTT".utf8)) }
        #expect(run(fixture.loop) { strangers.allSatisfy { $0.isConnected } && strangers.count { $0.hasEnded } >= 7 })
        #expect(strangers[0].hasEnded && !strangers[69].hasEnded && !known.hasEnded, "the oldest stranger goes first")
        #expect(fixture.ask(.get, "twins/D", headers).status == 200)
        known.received = []
        known.stream?.write(request, done: nil)
        #expect(run(fixture.loop) { known.received.contains(UInt8(ascii: "}")) })
        #expect(fixture.access.told.contains("64 connections are open: one of them makes room for a new one"))
        for client in strangers + [known] { client.stream?.close() }
    }

    /// A connection, and what came on it.
    private final class Client {
        var stream: Stream?
        var received: [UInt8] = []
        var hasEnded = false
        var isConnected: Bool { stream != nil }

        init(_ fixture: Fixture, sends bytes: [UInt8]) {
            Stream.connect(fixture.loop, host: "127.0.0.1", port: fixture.server.port) { [self] result in
                guard case .success(let connected) = result else { return }
                stream = connected
                connected.read({ [self] in received += $0 }, end: { [self] _ in hasEnded = true })
                connected.write(bytes, done: nil)
            }
        }
    }
}
