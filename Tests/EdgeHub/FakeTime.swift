@testable import EdgeHub

/// Time that goes on only when it is told to, with a wall clock that may jump.
final class FakeTime: HubTime {
    private(set) var nowMs: UInt64
    var wallMs: Int64
    private var alarms: [() -> FakeAlarm?] = []
    /// How often an alarm has called.
    private(set) var calls = 0

    /// - Parameter wallMs: 2026 where nothing else is said.
    init(nowMs: UInt64 = 1_000_000, wallMs: Int64 = 1_790_000_000_000) {
        self.nowMs = nowMs
        self.wallMs = wallMs
    }

    func alarm(_ fire: @escaping () -> Void) -> any HubAlarm {
        let alarm = FakeAlarm(self, fire)
        alarms.append { [weak alarm] in alarm }
        return alarm
    }

    /// How many alarms there are.
    var alarmCount: Int { alarms.filter { $0() != nil }.count }

    /// When the next alarm is; nil: there is none.
    var nextAlarm: UInt64? { alarms.compactMap { $0()?.due }.min() }

    /// Lets time pass, and calls the alarms that become due, each at its time.
    /// - Parameter settle: called after each alarm, and at the end.
    func advance(_ ms: UInt64, settle: () -> Void = {}) {
        let end = nowMs + ms
        while let next = nextAlarm, next <= end {
            pass(max(next, nowMs) - nowMs)
            for alarm in alarms.compactMap({ $0() }) where alarm.due.map({ $0 <= nowMs }) ?? false {
                alarm.due = nil
                calls += 1
                alarm.fire()
            }
            settle()
        }
        pass(end - nowMs)
        settle()
    }

    private func pass(_ ms: UInt64) {
        nowMs += ms
        wallMs += Int64(ms)
    }
}

final class FakeAlarm: HubAlarm {
    var due: UInt64?
    let fire: () -> Void
    private let time: FakeTime

    init(_ time: FakeTime, _ fire: @escaping () -> Void) {
        self.time = time
        self.fire = fire
    }

    func set(afterMs ms: UInt64?) { due = ms.map { time.nowMs + $0 } }
}
