import JSON
import Messages
import ModuleLinks
import TestSupport
import Testing

@testable import EdgeHub

/// A day of traffic, with the clock of a test: modules that come and go, a consumer that is away for hours, a cloud that never takes
/// anything, routes that change, a wall clock that jumps.
@Suite struct DayTests {
    /// What could grow.
    private struct Size: CustomStringConvertible {
        var objects = 0
        var rows: Int64 = 0
        var pages: Int64 = 0
        var alarms = 0

        var description: String { "\(objects) objects, \(rows) rows, \(pages) pages, \(alarms) alarms" }

        func most(_ other: Size) -> Size {
            Size(
                objects: max(objects, other.objects), rows: max(rows, other.rows), pages: max(pages, other.pages),
                alarms: max(alarms, other.alarms))
        }
    }

    private static let minutes = 24 * 60
    private static let limit = 64 * 1024

    private func integer(_ bench: HubBench, _ sql: String) throws -> Int64 {
        let answer: Result<Int64, HubError> = try bench.wait { done in
            bench.store.ask(
                { database in
                    guard let rows = try? database.database.prepare(sql), (try? rows.step()) == true else { return .success(-1) }
                    return .success(rows.integer(0))
                }, done)
        }
        return try answer.get()
    }

    private func size(_ bench: HubBench, _ time: FakeTime) throws -> Size {
        var size = Size()
        let hub = bench.hub
        size.objects = hub.endpoints.count + hub.consumers.count + hub.slots.count + hub.leavingQueues.count + hub.removing.count
        for endpoint in hub.endpoints.values {
            for lane in endpoint.lanes {
                size.objects += 1 + lane.inbox.count + (lane.disk?.window.count ?? 0) + (lane.disk?.removals.count ?? 0)
                if let id = lane.disk?.totals.id { size.objects += bench.store.database.queues[id]?.expiries.blocks.count ?? 0 }
            }
        }
        for consumer in hub.consumers.values { size.objects += consumer.outbox.count + consumer.blocked.count }
        size.rows = try integer(bench, "SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM queues)")
        size.pages = try integer(bench, "PRAGMA page_count")
        size.alarms = time.alarmCount
        return size
    }

    private func routes(_ hour: Int) -> [RouteSpecification] {
        func route(_ input: Text, _ priority: Int?, _ ttl: UInt32, _ persistence: Persistence) -> RouteSpecification {
            RouteSpecification(
                name: input, route: Route(source: RouteSource("/messages/modules/a/*"), sink: .module(name: "b", input: input)),
                priority: priority, timeToLiveSecs: ttl, persistence: persistence)
        }
        var routes = [
            route("quick", nil, 60, .memory), route("slow", hour % 3, 1200, .disk), route("never", nil, 0, .disk),
            RouteSpecification(
                name: "up", route: Route(source: RouteSource("/messages/modules/a/*"), sink: .upstream), timeToLiveSecs: 3600,
                persistence: .disk),
        ]
        // An input of its own each third hour, which then has no route any more.
        if hour % 3 == 0 { routes.append(route("of\(hour)", nil, 600, .disk)) }
        return routes
    }

    @Test func `a day of traffic leaves the hub as large as two hours of it`() throws {
        let time = FakeTime()
        let limits = HubLimits(memoryQueueBytes: Self.limit, diskQueueBytes: 4 * Self.limit)
        let bench = try HubBench(limits: limits, time: time)
        // What is tested is no matter of when it is on disk.
        bench.execute("PRAGMA synchronous = OFF")
        bench.hub.retain(modules: ["a", "b"])
        var random = SplitMix(24)
        let a = bench.attach("a", link: NotingModule())
        var b: (any HubPort)?
        var (sent, received) = (0, 0)
        var (early, late) = (Size(), Size())
        for minute in 0..<Self.minutes {
            let hour = minute / 60
            if minute % 60 == 0 { bench.hub.apply(routes: routes(hour), timeToLiveSecs: 7200) }
            // The consumer is away for some of the time, takes late for some of it, and is stuck for some.
            if minute % 20 == 0 {
                if let b { bench.hub.detach(b) }
                b = nil
                let module = NotingModule()
                module.takesAtOnce = hour % 4 != 1
                module.appetite = hour % 5 == 2 ? 100 : Int.max
                module.onDeliver = { _ in received += 1 }
                if hour % 6 != 4 { b = bench.attach("b", link: module) }
            }
            if minute % 97 == 0 { time.wallMs += Int64(random.next() % 1_000_000_000_000) - 500_000_000_000 }
            for _ in 0..<20 {
                a.send(Message(UInt8(minute % 256), output: "out\(minute)", bytes: 50 + Int(random.next() % 300)), done: nil)
                sent += 1
            }
            a.report(["minute": .integer(Int64(minute))], done: nil)
            bench.hub.sendToInput(module: "b", input: "of the operator \(minute)", message: Message(1)) { _ in }
            bench.flush()
            time.advance(60_000) { bench.flush() }
            guard minute % 10 == 9 else { continue }
            let now = try size(bench, time)
            for queue in bench.hub.queues() { #expect(queue.bytes <= 4 * Self.limit, "\(queue.endpoint) after \(minute) minutes") }
            // The longest that anything here repeats in is six hours.
            if hour >= 2 && hour < 12 { early = early.most(now) }
            if hour >= 14 { late = late.most(now) }
        }
        #expect(sent == 20 * Self.minutes)
        #expect(received > sent)
        #expect(early.rows > 100)
        #expect(late.objects <= early.objects + early.objects / 10, "\(early), then \(late)")
        #expect(late.rows <= early.rows + early.rows / 10, "\(early), then \(late)")
        #expect(late.pages <= early.pages + early.pages / 10, "\(early), then \(late)")
        #expect(late.alarms <= early.alarms)
        let dropped = bench.hub.queues().reduce(0) { $0 + $1.dropped.total }
        #expect(dropped > 0)
    }
}
