import Deployment
import Foundation
import JSON
import ModuleImages
import TestSupport
import Testing

@testable import EdgeAgent

/// Which image a module runs while its file changes.
@Suite struct SupervisorImageTests {
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

    @Test func `a file that changes while its module stops for the image before it is taken too`() throws {
        let fixture = try Fixture()
        let slow =
            "echo '{\"method\":\"ready\"}'; while read line; do case $line in *'\"stop\"'*) touch asked; until [ -e go ]; do sleep 0.02; done; exit 0;; esac; done"
        try fixture.script(slow)
        fixture.apply([module()])
        #expect(fixture.untilUp())
        try fixture.script(obedient + "\n# 2")
        fixture.imagesChanged()
        #expect(fixture.until { fixture.description() == "stopping" })
        try fixture.script(obedient + "\n# 3")
        let last = try #require(ImageDigest(ofFile: fixture.folder.path("modules/script")))
        fixture.imagesChanged()
        #expect(fixture.description() == "stopping")
        try fixture.folder.write("", to: "modules/go")
        #expect(fixture.until { fixture.agent.report("m")?.digest == last && fixture.isUp() })
        #expect(fixture.hub.most == 1)
    }

    @Test func `of two images that come while one runs the last one counts, and there are never two instances`() throws {
        let fixture = try Fixture()
        try fixture.script(obedient)
        fixture.apply([module()])
        #expect(fixture.untilUp())
        let supervisor = try #require(fixture.supervisors.first)
        var images: [PreparedImage] = []
        for name in ["two", "three"] {
            try fixture.script(obedient + "\n# " + name, as: name)
            fixture.context.images.prepare(ImageOrder(.file(fixture.folder.path("modules/" + name)), kind: .executable)) {
                if case .success(let image) = $0 { images.append(image) }
            }
        }
        #expect(fixture.until { images.count == 2 })
        for image in images { supervisor.restart(with: image) }
        #expect(fixture.until { fixture.isUp() && fixture.hub.starts(of: "m") >= 2 })
        #expect(fixture.hub.events == ["+m", "-m", "+m"])
        #expect(fixture.agent.report("m")?.digest == images.last?.digest)
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
}
