import Deployment
import Testing

@testable import EdgeAgent

private let defaults = RestartSettings()

private func decision(_ policy: RestartPolicy, failed: Bool) -> RestartRule.Decision {
    var rule = RestartRule()
    return rule.ended(failed: failed, ranMs: 0, policy: policy, settings: defaults)
}

@Test func `never never restarts`() {
    #expect(decision(.never, failed: true) == .stay)
    #expect(decision(.never, failed: false) == .stay)
}

@Test(arguments: [RestartPolicy.onFailure, .onUnhealthy])
func `after a failure these restart, after exit 0 they do not`(policy: RestartPolicy) {
    #expect(decision(policy, failed: true) == .restart(afterMs: 10_000))
    #expect(decision(policy, failed: false) == .stay)
}

@Test func `always restarts with back-off after exit 0 too`() {
    #expect(decision(.always, failed: false) == .restart(afterMs: 10_000))
}

@Test func `the back-off doubles up to 300 s and after 20 restarts it gives up`() {
    var rule = RestartRule()
    var delays: [UInt64] = []
    for _ in 0..<20 {
        guard case .restart(let afterMs) = rule.ended(failed: true, ranMs: 1, policy: .always, settings: defaults) else { break }
        delays.append(afterMs / 1000)
    }
    #expect(delays == [10, 20, 40, 80, 160] + Array(repeating: 300, count: 15))
    #expect(rule.ended(failed: true, ranMs: 1, policy: .always, settings: defaults) == .giveUp)
}

@Test func `ten minutes of running forget earlier restarts`() {
    var rule = RestartRule()
    for _ in 0..<5 { _ = rule.ended(failed: true, ranMs: 0, policy: .always, settings: defaults) }
    #expect(rule.shownCount(ranMs: 599_999, defaults) == 5)
    #expect(rule.shownCount(ranMs: 600_000, defaults) == 0)
    #expect(rule.ended(failed: true, ranMs: 600_000, policy: .always, settings: defaults) == .restart(afterMs: 10_000))
    #expect(rule.count == 1)
}

@Test func `a cool-off of 0 restarts at once every time`() {
    var rule = RestartRule()
    let settings = RestartSettings(coolOffSeconds: 0)
    for _ in 0..<20 {
        #expect(rule.ended(failed: true, ranMs: 0, policy: .always, settings: settings) == .restart(afterMs: 0))
    }
    #expect(rule.ended(failed: true, ranMs: 0, policy: .always, settings: settings) == .giveUp)
}

@Test func `starting by hand forgets that it was given up`() {
    var rule = RestartRule()
    let settings = RestartSettings(maxRestarts: 0)
    #expect(rule.ended(failed: true, ranMs: 0, policy: .always, settings: settings) == .giveUp)
    rule.reset()
    #expect(rule.count == 0)
}
