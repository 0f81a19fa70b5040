import Deployment
import JSON
import TestSupport
import Testing
import UV

@testable import EdgeAgent

@Suite struct SupervisorTests {
    @Test func `an instance that fails is started again until it is given up`() throws {
        let fixture = try Fixture()
        try fixture.script("echo broken >&2; exit 3")
        fixture.apply([module()])
        #expect(fixture.until { fixture.status() == .failed })
        #expect(fixture.description() == "exit code 3: broken; given up after 2 restarts")
        #expect(fixture.hub.events == ["+m", "-m", "+m", "-m", "+m", "-m"])
        #expect(fixture.agent.report("m")?.exitCode == 3)
        #expect(fixture.agent.start("m") == true, "by hand it gets new attempts")
        #expect(fixture.until { fixture.status() == .failed })
        #expect(fixture.hub.starts(of: "m") == 6)
    }

    @Test func `a program that connects by itself is supervised, and is nobody's link`() throws {
        let fixture = try Fixture()
        try fixture.script("echo broken >&2; exit 3")
        fixture.apply([module(speaks: .edge)])
        #expect(fixture.until { fixture.status() == .failed })
        #expect(fixture.description() == "exit code 3: broken; given up after 2 restarts")
        #expect(fixture.hub.events == [])
        try fixture.script("while :; do sleep 0.05; done")
        #expect(fixture.agent.start("m") == true)
        #expect(fixture.untilUp(), "it is ready when its process is there")
        #expect(fixture.hub.events == [])
    }

    @Test func `an instance that is over by its policy is started by hand`() throws {
        let fixture = try Fixture()
        try fixture.script("exit 0")
        fixture.apply([module(policy: .onFailure)])
        #expect(fixture.until { fixture.description() == "exit code 0" })
        #expect(fixture.status() == .stopped)
        try fixture.script(obedient)
        #expect(fixture.agent.start("m") == true)
        #expect(fixture.untilUp())
        #expect(fixture.agent.start("m") == false, "it runs already")
    }

    @Test func `an instance whose ready never comes is starting, and can be stopped`() throws {
        let fixture = try Fixture()
        try fixture.script("read start; read stop; exit 0")
        fixture.apply([module()])
        settle(fixture.loop)
        #expect(fixture.status() == .running)
        #expect(fixture.description() == "starting")
        var isOver = false
        #expect(fixture.agent.stop("m") { isOver = true } == true)
        #expect(fixture.until { isOver })
        #expect(fixture.status() == .stopped)
    }

    @Test func `a stop during the back-off ends the waiting`() throws {
        let fixture = try Fixture(RestartSettings(coolOffSeconds: 300))
        try fixture.script("exit 3")
        fixture.apply([module()])
        #expect(fixture.until { fixture.status() == .backoff })
        #expect(fixture.description().hasPrefix("exit code 3; restart in "))
        var isOver = false
        #expect(fixture.agent.stop("m") { isOver = true } == true)
        #expect(isOver && fixture.status() == .stopped)
        #expect(fixture.agent.stop("m") {} == false, "there is nothing to stop any more")
        #expect(fixture.hub.starts(of: "m") == 1)
    }

    @Test func `a restart or start while it stops comes after the stop`() throws {
        for restarts in [true, false] {
            let fixture = try Fixture()
            try fixture.script(obedient)
            fixture.apply([module()])
            #expect(fixture.untilUp())
            var stops = 0
            #expect(fixture.agent.stop("m") { stops += 1 } == true)
            if restarts { #expect(fixture.agent.restart("m")) } else { #expect(fixture.agent.start("m") == true) }
            #expect(fixture.until { stops == 1 })
            #expect(fixture.untilUp())
            #expect(fixture.hub.events == ["+m", "-m", "+m"])
        }
    }

    @Test func `the last word counts: stopped while it restarts, it stays stopped`() throws {
        let fixture = try Fixture()
        try fixture.script(obedient)
        fixture.apply([module()])
        #expect(fixture.untilUp())
        #expect(fixture.agent.restart("m"))
        var isOver = false
        #expect(fixture.agent.stop("m") { isOver = true } == true)
        #expect(fixture.until { isOver })
        settle(fixture.loop)
        #expect(fixture.status() == .stopped)
        #expect(fixture.hub.events == ["+m", "-m"])
    }

    @Test func `a crash while it is being stopped is no reason to restart it`() throws {
        let fixture = try Fixture()
        try fixture.script("echo '{\"method\":\"ready\"}'; read start; read stop; exit 9")
        fixture.apply([module()])
        #expect(fixture.untilUp())
        #expect(fixture.agent.stop("m") {} == true)
        #expect(fixture.until { fixture.status() == .stopped })
        #expect(fixture.hub.starts(of: "m") == 1)
        #expect(fixture.agent.report("m")?.exitCode == 9)
    }

    // MARK: - The manifest

    @Test func `a module that goes is gone once its instance is over, and nothing starts it meanwhile`() throws {
        let fixture = try Fixture()
        try fixture.script(obedient)
        fixture.apply([module()])
        #expect(fixture.untilUp())
        fixture.apply([])
        #expect(fixture.description() == "stopping")
        #expect(fixture.agent.start("m") == nil)
        #expect(!fixture.agent.restart("m"))
        #expect(fixture.until { fixture.agent.report("m") == nil })
        settle(fixture.loop)
        #expect(fixture.hub.events == ["+m", "-m"])
    }

    @Test func `a module that comes back while it goes never runs twice`() throws {
        let fixture = try Fixture()
        try fixture.script(obedient)
        fixture.apply([module()])
        #expect(fixture.untilUp())
        fixture.apply([])
        fixture.apply([module()])
        #expect(fixture.agent.reports().count == 1)
        #expect(fixture.until { fixture.hub.starts(of: "m") == 2 })
        #expect(fixture.untilUp())
        #expect(fixture.hub.most == 1)
        #expect(fixture.agent.reports().count == 1)
    }

    @Test func `the manifest stops and starts`() throws {
        let fixture = try Fixture()
        try fixture.script(obedient)
        fixture.apply([module(status: .stopped)])
        #expect(fixture.status() == .stopped && fixture.description() == "not started")
        fixture.apply([module()])
        #expect(fixture.untilUp())
        fixture.apply([module(status: .stopped)])
        fixture.apply([module()])
        #expect(fixture.until { fixture.hub.starts(of: "m") == 2 })
        #expect(fixture.untilUp())
        #expect(fixture.hub.most == 1)
    }

    @Test func `a start and a restart are done when the module is ready, or has failed`() throws {
        let fixture = try Fixture()
        try fixture.script(obedient)
        fixture.apply([module(status: .stopped)])
        var seen: [String] = []
        var askedMs = Loop.monotonicMs
        func look() {
            #expect(Loop.monotonicMs - askedMs < Supervisor.startPatienceMs, "somebody said so")
            seen.append(fixture.agent.report("m").map { "\($0.description)" } ?? "")
            askedMs = Loop.monotonicMs
        }
        #expect(fixture.agent.start("m", look) == true)
        #expect(seen.isEmpty)
        #expect(fixture.until { seen.count == 1 })
        #expect(fixture.agent.start("m", look) == false)
        #expect(seen.count == 2, "it runs already")
        #expect(fixture.agent.restart("m", look))
        #expect(fixture.until { seen.count == 3 })
        #expect(seen.allSatisfy { $0.hasPrefix("running for") })
        #expect(fixture.hub.starts(of: "m") == 2)
        try fixture.script("exit 3")
        #expect(fixture.agent.restart("m", look))
        #expect(fixture.until { seen.count == 4 })
        #expect(seen[3].hasPrefix("exit code 3"))
    }

    @Test func `what somebody starts against the manifest says how it ended, and is left alone`() throws {
        let fixture = try Fixture()
        try fixture.script("exit 3")
        fixture.apply([module(status: .stopped)])
        #expect(fixture.agent.start("m") == true)
        #expect(fixture.until { fixture.status() == .failed })
        #expect(fixture.logged.contains("m failed: exit code 3"))
        #expect(fixture.hub.starts(of: "m") == 1)
    }

    @Test func `a new policy counts for what is over, but not for what was stopped by hand`() throws {
        let fixture = try Fixture()
        try fixture.script("exit 3")
        fixture.apply([module(policy: .never)])
        #expect(fixture.until { fixture.description().hasPrefix("exit code 3") })
        try fixture.script(obedient)
        fixture.apply([module(policy: .onFailure)])
        #expect(fixture.untilUp())
        #expect(fixture.agent.stop("m") {} == true)
        #expect(fixture.until { fixture.status() == .stopped })
        fixture.apply([module(policy: .always)])
        settle(fixture.loop)
        #expect(fixture.status() == .stopped)
    }

    // MARK: - Libraries

    private static let prelude = "#include \"martlet.h\"\n#include <stddef.h>\n"
    private static let ending = """

        static void destroy(void *self) { (void)self; }
        static const martlet_module_api api = { MARTLET_ABI_VERSION, sizeof api, 0, create, NULL, NULL, NULL, NULL, destroy };
        const martlet_module_api *martlet_module(const martlet_host_api *h) { (void)h; return &api; }
        """

    private func library(policy: RestartPolicy = .always) -> ModuleSpecification {
        ModuleSpecification(name: "m", restartPolicy: policy, image: "libm.so", kind: .library(isolation: .loop))
    }

    @Test func `a library that cannot be used is a failure, and not tried again`() throws {
        let fixture = try Fixture()
        _ = try compileSharedLibrary(source: "int unrelated;", named: "modules/libm.so", in: fixture.folder)
        fixture.apply([library()])
        #expect(fixture.status() == .failed)
        #expect(fixture.description().hasPrefix("the image does not export martlet_module"))
        #expect(fixture.hub.events == ["+m", "-m"])
    }

    @Test func `a create that fails is a failure that is tried again`() throws {
        let fixture = try Fixture(RestartSettings(coolOffSeconds: 300))
        let create = "static void *create(const martlet_host_api *h, martlet_instance *i) { (void)h; (void)i; return NULL; }"
        _ = try compileSharedLibrary(source: Self.prelude + create + Self.ending, named: "modules/libm.so", in: fixture.folder)
        fixture.apply([library()])
        #expect(fixture.status() == .failed)
        #expect(fixture.description().hasPrefix("the module's create returned NULL; its log may say why; restart in "))
        #expect(fixture.agent.stop("m") {} == true, "it would have been tried again")
    }

    @Test func `a library stops, starts and restarts at once`() throws {
        let fixture = try Fixture()
        let create = "static void *create(const martlet_host_api *h, martlet_instance *i) { (void)h; (void)i; return &create; }"
        _ = try compileSharedLibrary(source: Self.prelude + create + Self.ending, named: "modules/libm.so", in: fixture.folder)
        fixture.apply([library()])
        #expect(fixture.isUp())
        #expect(fixture.agent.restart("m"))
        #expect(fixture.until { fixture.hub.starts(of: "m") == 2 })
        var isOver = false
        #expect(fixture.agent.stop("m") { isOver = true } == true)
        #expect(isOver && fixture.status() == .stopped)
        #expect(fixture.agent.start("m") == true)
        fixture.prepared()
        #expect(fixture.hub.events == ["+m", "-m", "+m", "-m", "+m"])
    }
}
