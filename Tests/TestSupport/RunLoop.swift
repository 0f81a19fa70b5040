import UV

/// Runs the loop until something holds, at most 10 s. It sleeps between events.
/// - Returns: whether it holds.
public func run(_ loop: Loop, until condition: () -> Bool) -> Bool {
    var isLate = false
    let deadline = Timer(loop)
    deadline.start(afterMs: 10_000) { isLate = true }
    while !condition() && !isLate { loop.runOnce(wait: true) }
    return condition()
}

/// Runs the loop until all that is ready now has been handled, and what that made ready: some turns without sleeping.
public func settle(_ loop: Loop) {
    for _ in 0..<10 { loop.runOnce(wait: false) }
}
