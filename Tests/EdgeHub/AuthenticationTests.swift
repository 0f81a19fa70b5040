import JSON
import Messages
import ModuleIdentities
import ModuleLinks
import TestSupport
import Testing

@testable import EdgeHub

/// An identity is the scope of addressing and security.
@Suite struct AuthenticationTests {
    private let hub: Text = "myhub.azure-devices.net"
    private let nowMs: Int64 = 1_795_447_158_000

    private func bench(_ folder: TemporaryFolder = TemporaryFolder()) throws -> HubBench {
        let bench = try HubBench(
            folder: folder, hubHostName: hub, gatewayHostName: "edge.local", deviceKey: DeviceKey(secret: Array(repeating: 7, count: 32)))
        for module in ["a", "b"] as [Text] { bench.hub.ensureTwin(module) }
        bench.hub.ensureTwin(nil)
        bench.flush()
        return bench
    }

    private func identity(_ module: Text?) -> ModuleIdentity { ModuleIdentity(deviceID: "D", moduleID: module) }

    private func token(_ bench: HubBench, _ module: Text?, host: Text? = nil, expiresIn seconds: Int64 = 60) throws -> Text {
        let keys = try #require(bench.hub.keys(of: module))
        return SharedAccessSignature.make(
            resource: "\(host ?? hub)\(identity(module).path)", key: keys.primary, expiry: nowMs / 1000 + seconds)
    }

    private func fault(_ bench: HubBench, _ token: Text, _ module: Text?) -> SASError.Kind? {
        bench.hub.authenticate(token, as: identity(module), nowMs: nowMs)?.kind
    }

    @Test func `a token is good for its own identity and no other`() throws {
        let bench = try bench()
        let names: [Text?] = [nil, "a", "b"]
        for bearer in names {
            let token = try token(bench, bearer)
            for other in names { #expect(fault(bench, token, other) == (other == bearer ? nil : .wrongIdentity)) }
        }
        #expect(fault(bench, try token(bench, "a", host: "EDGE.local"), "a") == nil)
        #expect(fault(bench, try token(bench, "a", host: "other.net"), "a") == .wrongHost)
        #expect(fault(bench, "SharedAccessSignature sr=x", "a") == .malformed)
        #expect(bench.hub.authenticate(try token(bench, "a"), as: identity("nobody"))?.kind == .wrongIdentity)
        #expect(
            bench.hub.authenticate(try token(bench, "a"), as: ModuleIdentity(deviceID: "E", moduleID: "a"))?.kind == .wrongIdentity)
        // Signed with the key of another.
        let keys = try #require(bench.hub.keys(of: "b"))
        let forged = SharedAccessSignature.make(resource: "\(hub)\(identity("a").path)", key: keys.primary, expiry: nowMs / 1000)
        #expect(fault(bench, forged, "a") == .wrongSignature)
    }

    @Test func `a token expires, but not before the clock was set`() throws {
        let bench = try bench()
        let old = try token(bench, "a", expiresIn: -301)
        #expect(fault(bench, old, "a") == .expired)
        #expect(fault(bench, try token(bench, "a", expiresIn: -299), "a") == nil)
        for nowMs in [0, 7_000, 1_577_836_799_999] as [Int64] {
            #expect(bench.hub.authenticate(old, as: identity("a"), nowMs: nowMs) == nil)
        }
        #expect(bench.hub.authenticate(old, as: identity("b"), nowMs: 0)?.kind == .wrongIdentity)
    }

    @Test func `the token of an identity that was made anew is refused`() throws {
        let folder = TemporaryFolder()
        let old: Text
        do {
            let bench = try bench(folder)
            old = try token(bench, "a")
            let deleted: Result<Bool, HubError> = try bench.wait { bench.hub.deleteIdentity("a", done: $0) }
            #expect(try deleted.get() == false)
            #expect(fault(bench, old, "a") == .wrongIdentity)
            let made: Result<IdentityRecord, HubError> = try bench.wait { bench.hub.createIdentity("a", done: $0) }
            _ = try made.get()
            #expect(fault(bench, old, "a") == .wrongSignature)
            #expect(fault(bench, try token(bench, "a"), "a") == nil)
            // One that the manifest has is there again at once.
            bench.hub.retain(modules: ["b"])
            let other = try token(bench, "b")
            let anew: Result<Bool, HubError> = try bench.wait { bench.hub.deleteIdentity("b", done: $0) }
            #expect(try anew.get())
            #expect(fault(bench, other, "b") == .wrongSignature)
        }
        let bench = try bench(folder)
        #expect(fault(bench, old, "a") == .wrongSignature)
    }

    @Test func `who is of a module that the manifest has no longer is refused`() throws {
        let bench = try bench()
        let token = try token(bench, "b")
        bench.hub.retain(modules: ["a"])
        #expect(fault(bench, token, "b") == .wrongIdentity)
        bench.hub.retain(modules: ["a", "b"])
        #expect(fault(bench, token, "b") == nil)
        // What an operator has made is of no manifest.
        let made: Result<IdentityRecord, HubError> = try bench.wait { bench.hub.createIdentity("tool", done: $0) }
        _ = try made.get()
        #expect(fault(bench, try self.token(bench, "tool"), "tool") == nil)
    }

    @Test func `keys of its own count in place of derived ones, each for itself`() throws {
        let bench = try bench()
        let derived = try #require(bench.hub.keys(of: "a"))
        let own = Array("its own key 16 b".utf8)
        let changed: Result<IdentityRecord, HubError> = try bench.wait {
            bench.hub.updateIdentity("a", done: $0) { $0.primary = own }
        }
        _ = try changed.get()
        #expect(bench.hub.keys(of: "a") == SymmetricKeys(primary: own, secondary: derived.secondary))
        let old = SharedAccessSignature.make(resource: "\(hub)\(identity("a").path)", key: derived.primary, expiry: nowMs / 1000)
        #expect(fault(bench, old, "a") == .wrongSignature)
        #expect(fault(bench, try token(bench, "a"), "a") == nil)
        #expect(bench.hub.keys(of: "nobody") == nil)
    }

    @Test func `without authentication every token is refused`() throws {
        let bench = try bench()
        let good = try token(bench, "a")
        let changed: Result<IdentityRecord, HubError> = try bench.wait {
            bench.hub.updateIdentity("a", done: $0) { record in
                record.authentication = .none
                record.primary = nil
            }
        }
        _ = try changed.get()
        let error = try #require(bench.hub.authenticate(good, as: identity("a"), nowMs: nowMs))
        #expect(error.reason == "/devices/D/modules/a takes no tokens: its authentication is none")
    }

    @Test func `a device without a key derives none`() throws {
        let bench = try HubBench()
        bench.hub.ensureTwin("a")
        #expect(bench.hub.keys(of: "a") == nil)
        let error = bench.hub.authenticate("SharedAccessSignature sr=x", as: identity("a"))
        #expect(error?.reason == "/devices/D/modules/a has no keys: the device has no key to derive them from")
    }

    @Test func `what is done through a port is done under its identity, whatever a message says`() throws {
        let bench = try HubBench()
        let (first, second) = (NotingModule(), NotingModule())
        let a = bench.attach("a", link: first)
        let b = bench.attach("b", link: second)
        bench.route([(from: "a", to: "b", input: "in")])
        let reported: Result<UInt64, HubError> = try bench.wait { a.report(["by": "a"], done: $0) }
        _ = try reported.get()
        #expect(a.twin()["reported"]?["by"] == "a")
        #expect(b.twin()["reported"]?["by"] == nil)
        // b names a as the sender: no route of a's takes it.
        let forged: HubError? = try bench.wait { b.send(Message(module: "a", output: "out", body: [1]), done: $0) }
        #expect(forged == nil)
        #expect(bench.hub.droppedWithoutRoute == 1)
        let own: HubError? = try bench.wait { a.send(Message(module: "b", output: "out", body: [2]), done: $0) }
        #expect(own == nil)
        bench.run { second.bodies.count == 1 }
        #expect(second.bodies == [[2]])
        _ = try bench.patch("a", ["x": 1]).get()
        #expect(first.notices.count == 1 && second.notices.isEmpty)
    }
}
