import Deployment
import JSON
import ModuleImages
import TestSupport
import Testing

@testable import EdgeAgent
@testable import ModuleInstances

/// What follows when the host before this one died of a module. `SupervisorTests` have the images that were on probation.
@Suite struct QuarantineTests {
    private let source = """
        #include "martlet.h"
        static void *create(const martlet_host_api *h, martlet_instance *i) { (void)h; (void)i; return (void *)&create; }
        static void destroy(void *self) { (void)self; }
        static const martlet_module_api api = { MARTLET_ABI_VERSION, sizeof api, 0, create, 0, 0, 0, 0, destroy };
        const martlet_module_api *martlet_module(const martlet_host_api *h) { (void)h; return &api; }

        """
    private let library = ModuleSpecification(name: "m", image: "libm.so", kind: .library(isolation: .thread))

    private func crash(_ digest: ImageDigest, _ module: Text = "m") throws -> CrashRecord {
        try #require(CrashRecord(Array("\(module)\n\(digest.text)\nSIGSEGV in receive\n ".utf8)))
    }

    private func fixture() throws -> (Fixture, ImageDigest) {
        let fixture = try Fixture()
        let path = try compileSharedLibrary(source: source, named: "modules/libm.so", in: fixture.folder)
        return (fixture, try #require(ImageDigest(ofFile: path)))
    }

    private func deployment(_ fixture: Fixture) -> Deployment {
        var deployment = fixture.deployment
        deployment.modules = [library]
        return deployment
    }

    @Test func `the image that ended the host is in quarantine, on the disk too`() throws {
        let (fixture, digest) = try fixture()
        fixture.agent.learn(try crash(digest), deployment(fixture))
        #expect(ModuleMemory(path: fixture.folder.path("state/modules.json")) { _, _ in }["m"].quarantine?.digest == digest)
        fixture.apply([library])
        let report = try #require(fixture.agent.report("m"))
        #expect(report.isolation == .process && report.quarantine == "SIGSEGV in receive")
        #expect(report.description.string.hasSuffix("; in quarantine: SIGSEGV in receive"))
        #expect(fixture.logged.contains("m ended the host before this one: SIGSEGV in receive, image \(digest.text)"))
    }

    @Test func `another image is not`() throws {
        let (fixture, digest) = try fixture()
        fixture.agent.learn(try crash(ImageDigest(bytes: [UInt8](repeating: 1, count: 32))), deployment(fixture))
        fixture.apply([library])
        #expect(fixture.untilUp())
        let report = try #require(fixture.agent.report("m"))
        #expect(report.digest == digest && report.isolation == .thread && report.quarantine == nil)
        #expect(fixture.memory["m"].quarantine == nil)
    }

    @Test func `what runs in a process anyway needs no quarantine`() throws {
        let (fixture, digest) = try fixture()
        fixture.agent.learn(try crash(digest), deployment(fixture))
        var inProcess = library
        inProcess.kind = .library(isolation: .process)
        fixture.apply([inProcess])
        let report = try #require(fixture.agent.report("m"))
        #expect(report.isolation == .process && report.quarantine == nil)
    }

    @Test func `a module that is not there any more is named only`() throws {
        let (fixture, digest) = try fixture()
        fixture.agent.learn(try crash(digest, "gone"), deployment(fixture))
        #expect(fixture.logged == ["gone ended the host before this one: SIGSEGV in receive, image \(digest.text)"])
        #expect(fixture.memory["gone"].isEmpty)
    }
}
