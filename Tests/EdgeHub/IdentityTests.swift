import JSON
import Messages
import ModuleIdentities
import ModuleLinks
import ModuleTwins
import TestSupport
import Testing

@testable import EdgeHub

@Suite struct IdentityTests {
    private let key = Array("0123456789abcdef".utf8)

    private func create(_ bench: HubBench, _ module: Text) throws -> Result<IdentityRecord, HubError> {
        try bench.wait { bench.hub.createIdentity(module, managedBy: "me", primary: key, done: $0) }
    }

    private func delete(_ bench: HubBench, _ module: Text?, ifMatch: Text? = nil) throws -> Result<Bool, HubError> {
        try bench.wait { bench.hub.deleteIdentity(module, ifMatch: ifMatch, done: $0) }
    }

    /// Does something while the deletion of m, which was asked for, is on its way to disk.
    private func whileGoing(_ bench: HubBench, _ body: () -> Void) {
        // Nothing else may set out before.
        bench.hub.isCommitting = true
        bench.run { bench.hub.slots["m"]?.isLeaving == true }
        bench.hub.isCommitting = false
        bench.hub.commitStaged()
        #expect(bench.hub.isCommitting && bench.hub.leaving.isEmpty)
        body()
    }

    @Test func `an identity is made, changed and deleted, and each is there after a restart`() throws {
        let folder = TemporaryFolder()
        let made: IdentityRecord
        do {
            let bench = try HubBench(folder: folder)
            made = try create(bench, "a.b*c").get()
            #expect(made.managedBy == "me")
            #expect(made.primary == key && made.secondary == nil)
            #expect(made.revision == 1)
            #expect(bench.hub.identityRecord("a.b*c") == made)
            #expect(bench.hub.twin("a.b*c")?["properties"]?["desired"]?["$version"] == 1)
            #expect(try create(bench, "gone").get().generation != made.generation)
        }
        do {
            let bench = try HubBench(folder: folder)
            #expect(bench.hub.identityRecord("a.b*c") == made)
            let changed: Result<IdentityRecord, HubError> = try bench.wait {
                bench.hub.updateIdentity("a.b*c", ifMatch: made.etag, done: $0) { record in
                    record.managedBy = "you"
                    record.authentication = .none
                    (record.primary, record.secondary) = (nil, key)
                }
            }
            #expect(try changed.get().revision == 2)
            #expect(try delete(bench, "gone").get() == false)
            #expect(bench.hub.identityRecord("gone") == nil)
            #expect(bench.hub.twin("gone") == nil)
        }
        let bench = try HubBench(folder: folder)
        let record = try #require(bench.hub.identityRecord("a.b*c"))
        #expect(record.generation == made.generation)
        #expect(record.managedBy == "you" && record.authentication == .none && record.primary == nil && record.secondary == key)
        #expect(bench.hub.identityRecords() == [record])
        let again = try create(bench, "gone").get()
        #expect(again.revision == 1)
    }

    @Test func `what cannot be is refused, says why and changes nothing`() throws {
        let bench = try HubBench()
        let made = try create(bench, "m").get()
        #expect(throws: HubError(.conflict, "there is an identity /devices/D/modules/m already")) { try create(bench, "m").get() }
        for name in ["", "a/b", "a b", Text(String(repeating: "x", count: 129))] as [Text] {
            let error = #expect(throws: HubError.self) { try create(bench, name).get() }
            #expect(error?.kind == .invalid)
        }
        let short: Result<IdentityRecord, HubError> = try bench.wait {
            bench.hub.createIdentity("n", primary: Array(key.dropLast()), done: $0)
        }
        #expect(throws: HubError(.invalid, "primaryKey has 15 bytes; a key has 16 to 64, and is written in base64")) { try short.get() }
        let stale: Result<IdentityRecord, HubError> = try bench.wait {
            bench.hub.updateIdentity("m", ifMatch: "AAAAAAAAAAk=", done: $0) { $0.managedBy = "" }
        }
        #expect(
            throws: HubError(
                .conflict, "/devices/D/modules/m: the etag asked for is AAAAAAAAAAk=; the current one of the identity is AAAAAAAAAAE=")
        ) { try stale.get() }
        let kinds = [try delete(bench, "m", ifMatch: "AAAAAAAAAAk="), try delete(bench, "nobody"), try delete(bench, nil)].map { result in
            if case .failure(let error) = result { error.kind } else { nil as HubError.Kind? }
        }
        #expect(kinds == [.conflict, .notFound, .invalid])
        #expect(bench.hub.identityRecord("m") == made)
        #expect(bench.hub.identityRecord("n") == nil)
    }

    @Test func `changes that are under way together are made one after the other`() throws {
        let bench = try HubBench()
        _ = try create(bench, "m").get()
        var results: [Result<IdentityRecord, HubError>] = []
        let done = { (result: Result<IdentityRecord, HubError>) in results.append(result) }
        bench.hub.updateIdentity("m", ifMatch: "*", done: done) { $0.managedBy = "me" }
        bench.hub.updateIdentity("m", ifMatch: "AAAAAAAAAAI=", done: done) { $0.authentication = .none }
        bench.hub.updateIdentity("m", ifMatch: "AAAAAAAAAAI=", done: done) { $0.managedBy = "too late" }
        #expect(run(bench.loop) { results.count == 3 })
        #expect(results.filter { (try? $0.get()) != nil }.count == 2)
        let record = try #require(bench.hub.identityRecord("m"))
        #expect(record.managedBy == "me" && record.authentication == .none && record.revision == 3)
    }

    @Test func `an identity of the manifest that is deleted is made anew, with what the manifest says`() throws {
        let folder = TemporaryFolder()
        let generation: UInt64
        do {
            let bench = try HubBench(folder: folder)
            bench.hub.retain(modules: ["m"])
            #expect(try bench.manifest("m", ["limit": 5]) == nil)
            _ = try bench.patch("m", ["operator": "was here"]).get()
            let link = NotingModule()
            let port = bench.attach("m", link: link)
            let version: Result<UInt64, HubError> = try bench.wait { port.report(["state": "ok"], done: $0) }
            #expect(try version.get() == 2)
            let before = try #require(bench.hub.identityRecord("m"))
            #expect(try delete(bench, "m").get())
            let after = try #require(bench.hub.identityRecord("m"))
            generation = after.generation
            #expect(after.generation != before.generation)
            #expect(after.managedBy == "IotEdge")
            let desired = try #require(bench.hub.twin("m")?["properties"]?["desired"]?.object)
            #expect(desired["limit"] == 5 && desired["operator"] == nil && desired["$version"] == 2)
            #expect(bench.hub.twin("m")?["properties"]?["reported"]?["state"] == nil)
            // The instance that runs has no identity any more.
            #expect(!bench.hub.isAttached("m"))
            let late: Result<UInt64, HubError> = try bench.wait { port.report(["state": "late"], done: $0) }
            #expect(throws: HubError.self) { try late.get() }
            _ = try bench.patch("m", ["x": 1]).get()
            #expect(link.notices.isEmpty)
            let next = bench.attach("m", link: link)
            #expect(next.twin()["desired"]?["limit"] == 5)
        }
        let bench = try HubBench(folder: folder)
        #expect(bench.hub.identityRecord("m")?.generation == generation)
        #expect(try bench.manifest("m", ["limit": 5]) == nil)
        #expect(bench.hub.twin("m")?["properties"]?["desired"]?["$version"] == 3)
    }

    @Test func `while an identity is made anew, patches go to the new one`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["m"])
        #expect(try bench.manifest("m", ["a": 1]) == nil)
        var isDeleted: Bool?
        bench.hub.deleteIdentity("m") { isDeleted = try? $0.get() }
        while bench.hub.slots["m"]?.isLeaving == false { bench.loop.runOnce(wait: true) }
        bench.startPatch("m", ["b": 2])
        bench.run { isDeleted != nil }
        bench.flush()
        #expect(bench.hub.twin("m")?["properties"]?["desired"]?["a"] == 1)
        #expect(bench.hub.twin("m")?["properties"]?["desired"]?["b"] == 2)
    }

    @Test func `a module that comes into the manifest while its identity is deleted has a new one, as the manifest says`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: [])
        let before = try create(bench, "m").get()
        var isMadeAnew: Bool?
        bench.hub.deleteIdentity("m") { isMadeAnew = try? $0.get() }
        bench.hub.retain(modules: ["m"])
        bench.hub.ensureTwin("m")
        #expect(try bench.manifest("m", ["limit": 5]) == nil)
        bench.run { isMadeAnew != nil }
        // Its instance, if it runs already, is to start again.
        #expect(isMadeAnew == true)
        let after = try #require(bench.hub.identityRecord("m"))
        #expect(after.generation != before.generation && after.managedBy == "IotEdge")
        #expect(bench.hub.twin("m")?["properties"]?["desired"]?["limit"] == 5)
        #expect(try bench.manifest("m", ["limit": 5]) == nil)
        #expect(bench.hub.twin("m")?["properties"]?["desired"]?["$version"] == 2)
    }

    @Test func `what a manifest does not say any more is gone from an identity that is made anew at that moment`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["m"])
        #expect(try bench.manifest("m", ["a": 1, "b": 1]) == nil)
        var (isNew, refused): (Bool?, [HubError]?)
        bench.hub.deleteIdentity("m") { isNew = try? $0.get() }
        whileGoing(bench) {
            bench.hub.applyManifest([(module: "m", properties: ["a": 2])]) { refused = $0.map { $0.error } }
        }
        bench.run { isNew != nil && refused != nil }
        bench.flush()
        #expect(isNew == true && refused?.isEmpty == true)
        let desired = try #require(bench.hub.twin("m")?["properties"]?["desired"]?.object)
        #expect(desired["a"] == 2 && desired["b"] == nil)
        #expect(try bench.manifest("m", ["a": 2]) == nil)
        #expect(bench.hub.twin("m")?["properties"]?["desired"]?["$version"] == desired["$version"])
    }

    @Test func `a manifest that comes while a deletion fails is applied to the identity that stays`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["m"])
        #expect(try bench.manifest("m", ["a": 1, "b": 1]) == nil)
        let before = try #require(bench.hub.identityRecord("m"))
        bench.execute("CREATE TRIGGER fault BEFORE DELETE ON identities BEGIN SELECT RAISE(ABORT, 'fault'); END")
        var (deleted, refused): (Result<Bool, HubError>?, [HubError]?)
        bench.hub.deleteIdentity("m") { deleted = $0 }
        whileGoing(bench) {
            bench.hub.applyManifest([(module: "m", properties: ["a": 2])]) { refused = $0.map { $0.error } }
        }
        bench.run { deleted != nil && refused != nil }
        bench.flush()
        #expect(throws: HubError.self) { try deleted?.get() }
        #expect(bench.hub.identityRecord("m") == before)
        let desired = try #require(bench.hub.twin("m")?["properties"]?["desired"]?.object)
        #expect(refused?.isEmpty == true)
        #expect(desired["a"] == 2 && desired["b"] == nil)
    }

    @Test func `a deletion that cannot be stored leaves the identity as it was`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["m"])
        #expect(try bench.manifest("m", ["a": 1]) == nil)
        let before = try #require(bench.hub.identityRecord("m"))
        let port = bench.attach("m", link: NotingModule())
        bench.flush()
        for event in ["DELETE", "INSERT"] {
            bench.execute("CREATE TRIGGER fault BEFORE \(event) ON identities BEGIN SELECT RAISE(ABORT, 'fault'); END")
            let deleted = try delete(bench, "m")
            #expect(throws: HubError.self) { try deleted.get() }
            if event == "INSERT" {
                let created = try create(bench, "n")
                #expect(throws: HubError.self) { try created.get() }
            }
            bench.execute("DROP TRIGGER fault")
            #expect(bench.hub.identityRecord("m") == before)
            #expect(bench.hub.identityRecord("n") == nil)
            let version: Result<UInt64, HubError> = try bench.wait { port.report(["x": 1], done: $0) }
            #expect((try? version.get()) != nil)
        }
        #expect((try? create(bench, "n").get()) != nil)
    }

    @Test func `a device has no more identities than it may`() throws {
        let bench = try HubBench()
        for number in 0..<EdgeHub.mostIdentities { bench.hub.ensureTwin("m\(number)") }
        bench.flush()
        #expect(bench.hub.identityRecords().count == EdgeHub.mostIdentities)
        let error = #expect(throws: HubError.self) { try create(bench, "more").get() }
        #expect(error?.kind == .full)
        #expect(error?.reason.string.contains("16384 identities") == true)
        let needed: HubError? = try bench.wait { bench.hub.ensureTwin("more", done: $0) }
        #expect(needed?.kind == .full)
        let port = bench.attach("more", link: NotingModule())
        let sent: HubError? = try bench.wait { port.send(Message(1), done: $0) }
        #expect(sent?.kind == .notFound)
        #expect(try delete(bench, "m0").get() == false)
        #expect((try? create(bench, "more").get()) != nil)
    }
}
