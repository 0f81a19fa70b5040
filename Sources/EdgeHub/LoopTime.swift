import UV

/// The time of a loop.
final class LoopTime: HubTime {
    private let loop: Loop
    private var wallReadAt: UInt64?
    private var wall: Int64 = 0

    init(_ loop: Loop) {
        self.loop = loop
    }

    var nowMs: UInt64 { loop.now }

    /// Read once in a turn: messages that come together have one time.
    var wallMs: Int64 {
        let now = loop.now
        if wallReadAt != now {
            wallReadAt = now
            wall = WallClock.nowMs
        }
        return wall
    }

    func alarm(_ fire: @escaping () -> Void) -> any HubAlarm { LoopAlarm(loop, fire) }
}
