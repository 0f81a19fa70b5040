import CPOSIX
import TestSupport
import Testing
import UV

@Suite struct SignalWatcherTests {
    @Test func `a signal comes as a call, until closed`() throws {
        let loop = try Loop()
        var first = 0
        var second = 0
        let watcher = try SignalWatcher(loop, signal: SIGUSR2) { first += 1 }
        let other = try SignalWatcher(loop, signal: SIGUSR2) { second += 1 }
        kill(getpid(), SIGUSR2)
        #expect(run(loop) { first == 1 && second == 1 })
        watcher.close()
        kill(getpid(), SIGUSR2)
        #expect(run(loop) { second == 2 })
        #expect(first == 1)
        withExtendedLifetime(other) {}
    }

    @Test func `a signal that would end the process is ignored after the last one that was waited for`() throws {
        let loop = try Loop()
        var count = 0
        let watcher = try SignalWatcher(loop, signal: SIGUSR1) { count += 1 }
        kill(getpid(), SIGUSR1)
        #expect(run(loop) { count == 1 })
        watcher.closeAndIgnore()
        kill(getpid(), SIGUSR1)
        loop.runOnce(wait: false)
        #expect(count == 1)
    }

    @Test(arguments: [SIGKILL, SIGSTOP, 0, -1, 1000])
    func `what cannot be caught is refused`(signal: Int32) throws {
        let loop = try Loop()
        #expect(throws: UVError.invalid) { try SignalWatcher(loop, signal: signal) {} }
    }
}
