import Deployment
import Foundation
import JSON
import ModuleImages
import TestSupport
import Testing

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

    // MARK: - Images

    @Test func `an image that is missing is a failure until it comes`() throws {
        let fixture = try Fixture()
        fixture.apply([module()])
        #expect(fixture.status() == .failed)
        #expect(
            fixture.description() == "image \(fixture.folder.path("modules/script")) is not there: put the file into the modules folder")
        try fixture.script(obedient)
        fixture.imagesChanged()
        #expect(fixture.untilUp())
    }

    @Test func `a new image restarts what runs, once`() throws {
        let fixture = try Fixture()
        try fixture.script(obedient)
        fixture.apply([module()])
        #expect(fixture.untilUp())
        fixture.imagesChanged()
        #expect(fixture.isUp(), "nothing changed")
        try fixture.script(obedient + "\n# new")
        fixture.imagesChanged()
        fixture.imagesChanged()
        #expect(fixture.until { fixture.hub.starts(of: "m") == 2 })
        #expect(fixture.untilUp())
        #expect(fixture.hub.events == ["+m", "-m", "+m"])
    }

    @Test func `a new image starts at once what waits for its restart or was given up`() throws {
        for settings in [RestartSettings(coolOffSeconds: 300), RestartSettings(maxRestarts: 0)] {
            let fixture = try Fixture(settings)
            try fixture.script("exit 3")
            fixture.apply([module()])
            #expect(fixture.until { fixture.status() == .backoff || fixture.status() == .failed })
            fixture.imagesChanged()
            #expect(fixture.hub.starts(of: "m") == 1, "the image is the same")
            try fixture.script(obedient)
            fixture.imagesChanged()
            #expect(fixture.untilUp())
        }
    }

    @Test func `a new image does not start what was stopped by hand`() throws {
        let fixture = try Fixture()
        fixture.apply([module(image: "absent")])
        #expect(fixture.agent.stop("m") {} == false)
        try fixture.script(obedient, as: "absent")
        fixture.imagesChanged()
        #expect(fixture.hub.events.isEmpty)
    }

    @Test func `a new image while it stops for good changes nothing`() throws {
        let fixture = try Fixture()
        try fixture.script(obedient)
        fixture.apply([module()])
        #expect(fixture.untilUp())
        #expect(fixture.agent.stop("m") {} == true)
        try fixture.script(obedient + "\n# new")
        fixture.imagesChanged()
        #expect(fixture.until { fixture.status() == .stopped })
        #expect(fixture.hub.starts(of: "m") == 1)
    }

    @Test func `an image that is ready only after its probation is good from then on`() throws {
        let fixture = try Fixture(RestartSettings(probationSeconds: 1))
        try fixture.script(obedient)
        fixture.apply([module()])
        #expect(fixture.untilUp())
        let good = try #require(fixture.agent.report("m")?.digest)
        try fixture.script("while [ ! -e go ]; do sleep 0.02; done\n" + obedient)
        fixture.imagesChanged()
        #expect(fixture.until { fixture.hub.starts(of: "m") == 2 })
        fixture.pass(ms: 1100)
        #expect(fixture.memory["m"].good == good && !fixture.isUp())
        try fixture.folder.write("", to: "modules/go")
        #expect(fixture.untilUp())
        #expect(fixture.memory["m"].good == fixture.agent.report("m")?.digest)
    }

    @Test func `a file that was being written while its module ended in order is taken when it is complete`() throws {
        let fixture = try Fixture()
        try fixture.script("trap 'exit 0' USR1; " + obedient)
        fixture.apply([module(policy: .onFailure)])
        #expect(fixture.untilUp())
        let writer = open(fixture.folder.path("modules/script"), O_WRONLY | O_APPEND)
        write(writer, "\n# new", 6)
        fixture.agent.imagesChanged()
        kill(try #require(fixture.agent.report("m")?.pid), SIGUSR1)
        #expect(fixture.until { fixture.status() == .stopped })
        fixture.imagesChanged()
        #expect(fixture.hub.starts(of: "m") == 1, "an end in order is one, as long as the file is not complete")
        close(writer)
        #expect(fixture.untilUp())
        #expect(fixture.hub.starts(of: "m") == 2)
    }

    @Test func `a new image that ends in its probation goes back, whatever the policy`() throws {
        for policy in [RestartPolicy.never, .always] {
            let fixture = try Fixture()
            try fixture.script(obedient)
            fixture.apply([module(policy: policy)])
            #expect(fixture.untilUp())
            let good = try #require(fixture.agent.report("m")?.digest)
            try fixture.script("echo '{\"method\":\"ready\"}'; exit 4")
            fixture.imagesChanged()
            #expect(fixture.until { fixture.hub.starts(of: "m") == 3 })
            #expect(fixture.untilUp())
            let report = try #require(fixture.agent.report("m"))
            #expect(report.digest == good && report.refusedImage?.reason == "exit code 4")
            #expect(report.description.string.contains("was refused: exit code 4"))
            #expect(fixture.memory["m"].good == good)
        }
    }

    @Test func `an image that ended the host on probation is refused at the next start`() throws {
        let fixture = try Fixture()
        try fixture.script(obedient)
        fixture.apply([module()])
        #expect(fixture.untilUp())
        let good = try #require(fixture.agent.report("m")?.digest)
        fixture.memory.change("m") { $0.good = good }
        try fixture.script(obedient + "\n# new")
        let new = try #require(ImageDigest(ofFile: fixture.folder.path("modules/script")))
        #expect(fixture.agent.refuses(new, of: module(), reason: "SIGSEGV in receive", RestartSettings()))
        #expect(!fixture.agent.refuses(good, of: module(), reason: "SIGSEGV", RestartSettings()))
        #expect(fixture.agent.restart("m"))
        #expect(fixture.until { fixture.hub.starts(of: "m") == 2 })
        #expect(fixture.agent.report("m")?.digest == good)
        #expect(fixture.agent.report("m")?.refusedImage?.digest == new)
    }

    @Test func `a file in part does not keep what waits for its restart from coming back`() throws {
        let fixture = try Fixture(RestartSettings(coolOffSeconds: 1))
        try fixture.script("exit 3")
        fixture.apply([module()])
        #expect(fixture.until { fixture.description().hasPrefix("exit code 3") })
        try fixture.folder.write("neither program nor script", to: "modules/script")
        fixture.imagesChanged()
        #expect(fixture.status() == .backoff)
        fixture.memory.change("m") { $0.good = ImageDigest(bytes: [UInt8](repeating: 1, count: 32)) }
        #expect(fixture.until { fixture.description().hasPrefix("image ") }, "then its file is looked at again")
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
