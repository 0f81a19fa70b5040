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

    @Test(arguments: [SIGKILL, SIGSTOP, 0, -1, 1000])
    func `what cannot be caught is refused`(signal: Int32) throws {
        let loop = try Loop()
        #expect(throws: UVError.invalid) { try SignalWatcher(loop, signal: signal) {} }
    }
}
