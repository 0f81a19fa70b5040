import Deployment
import Foundation
import JSON
import ModuleLinks
import TestSupport
import Testing
import UV

@testable import ModuleInstances

/// Calls of modules are watched in this process, as the host and a child do it. Handlers of signals stay what they are.
@Suite struct ModuleCallsTests {
    private final class Lines {
        let descriptor: Int32
        private let pipe = Pipe()

        init() { descriptor = pipe.fileHandleForWriting.fileDescriptor }

        /// One frame of the watchdog.
        func next() throws -> BlockedCall {
            var wait = pollfd(fd: pipe.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, Int32(Transcript.patience * 1000)) == 1 else { throw Late("the watchdog did not speak in time") }
            let bytes = [UInt8](try pipe.fileHandleForReading.read(upToCount: BlockedCall.frameSize) ?? Data())
            guard case .blocked(let call) = try bytes.withUnsafeBytes({ try InstanceFrame($0, sender: "m") }) else { throw Late("a frame") }
            return call
        }
    }

    private let lines = Lines()
    private let loop: Loop

    init() throws { loop = try Loop() }

    private func calls(_ settings: WatchdogSettings) -> ModuleCalls? {
        let containment = Containment(child: ChildPipe(lines.descriptor), settings)
        return ContainedModule(containment: containment, name: "slow", file: "slow", digest: "").calls(loop)
    }

    @Test func `a call that does not return is told, and its return`() throws {
        let calls = calls(WatchdogSettings(warnAfterMs: 20, restartAfterSeconds: 0))
        let outer = (calls?.mark).enter(.receive)
        let blocked = try lines.next()
        #expect(blocked.word == "receive" && !blocked.hasReturned && blocked.ms >= 20)
        (calls?.mark).leave(outer)
        let returned = try lines.next()
        #expect(returned.word == "receive" && returned.hasReturned && returned.ms >= blocked.ms)
    }

    @Test func `a call within a call is named, and then the outer one`() throws {
        let calls = calls(WatchdogSettings(warnAfterMs: 20, restartAfterSeconds: 0))
        let outer = (calls?.mark).enter(.invoke)
        let inner = (calls?.mark).enter(.receive)
        #expect(try lines.next().word == "receive")
        (calls?.mark).leave(inner)
        (calls?.mark).leave(outer)
        #expect(try lines.next().hasReturned)
        let again = (calls?.mark).enter(.destroy)
        #expect(try lines.next().word == "destroy")
        (calls?.mark).leave(again)
    }

    @Test func `what a module waits for the host is not held against it`() throws {
        let calls = calls(WatchdogSettings(warnAfterMs: 20, restartAfterSeconds: 0))
        let other = Lines()
        let watched = Containment(child: ChildPipe(other.descriptor), WatchdogSettings(warnAfterMs: 20, restartAfterSeconds: 0))
        let yardstick: ModuleCalls? = ContainedModule(containment: watched, name: "other", file: "other", digest: "").calls(loop)
        let waiting = (calls?.mark).enter(.receive)
        (calls?.mark).outside {
            // As long as the same watchdog elsewhere takes to speak of a call.
            let outer = (yardstick?.mark).enter(.timer)
            #expect((try? other.next().word) == "timer")
            (yardstick?.mark).leave(outer)
        }
        (calls?.mark).leave(waiting)
        let next = (calls?.mark).enter(.desired)
        #expect(try lines.next().word == "desired")
        (calls?.mark).leave(next)
    }

    @Test func `without limits nobody watches`() {
        let calls = calls(WatchdogSettings(warnAfterMs: 0, restartAfterSeconds: 0))
        (calls?.mark).leave((calls?.mark).enter(.receive))
    }
}
