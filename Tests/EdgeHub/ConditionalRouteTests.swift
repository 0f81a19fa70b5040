import JSON
import Messages
import ModuleLinks
import TestSupport
import Testing
import UV

@testable import EdgeHub

extension HubBench {
    /// Routes as a manifest has them, with what they say of priority.
    fileprivate func apply(_ routes: [(text: Text, priority: Int?)], ttl: UInt32 = 0) throws {
        let specifications = try routes.enumerated().map { index, route in
            RouteSpecification(name: "r\(index)", route: try Route.parse(route.text), priority: route.priority)
        }
        hub.apply(routes: specifications, timeToLiveSecs: ttl)
    }

    fileprivate func apply(_ routes: Text...) throws { try apply(routes.map { (text: $0, priority: nil) }) }
}

private func message(_ number: UInt8, _ properties: [(Text, Text)] = []) -> Message {
    Message(module: "a", output: "o", body: [number], properties: properties.map { MessageProperty(name: $0.0, value: $0.1) })
}

@Suite struct ConditionalRouteTests {
    @Test func `a message goes where a condition wants it and where none is asked`() throws {
        let bench = try HubBench()
        let (hot, all) = (NotingModule(), NotingModule())
        try bench.apply(
            #"FROM /messages/* WHERE level = 'high' INTO BrokeredEndpoint("/modules/hot/inputs/in")"#,
            #"FROM /messages/* INTO BrokeredEndpoint("/modules/all/inputs/in")"#)
        let a = bench.hub.attach("a", link: NotingModule())
        _ = bench.hub.attach("hot", link: hot)
        _ = bench.hub.attach("all", link: all)
        a.send(message(1), done: nil)
        a.send(message(2, [("level", "high")]), done: nil)
        a.send(message(3, [("level", "low")]), done: nil)
        let accepted: HubError? = try bench.wait { a.send(message(4, [("LEVEL", "high")]), done: $0) }
        #expect(accepted == nil)
        bench.run { all.bodies.count == 4 && hot.bodies.count == 2 }
        #expect(hot.bodies == [[2], [4]])
        #expect(all.bodies == [[1], [2], [3], [4]])
        #expect(bench.hub.traffic().first { $0.module == "a" } == TrafficStatus(module: "a", received: 4, unrouted: 0))
    }

    @Test func `of several routes to one endpoint the first by priority that wants the message counts, once`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["a", "b"])
        let sink = #"INTO BrokeredEndpoint("/modules/b/inputs/in")"#
        try bench.apply([
            (text: "FROM /messages/* \(Text(sink))", priority: 9),
            (text: "FROM /messages/* WHERE x = '2' \(Text(sink))", priority: 2),
            (text: "FROM /messages/modules/a/* WHERE x = '1' OR x = '2' \(Text(sink))", priority: 1),
            (text: "FROM /messages/* WHERE x = '3' \(Text(sink))", priority: 10),
        ])
        let a = bench.hub.attach("a", link: NotingModule())
        for (number, x) in [(1, "1"), (2, "2"), (3, "3"), (4, "")] as [(UInt8, Text)] { a.send(message(number, [("x", x)]), done: nil) }
        bench.flush()
        let lengths = bench.hub.queues().filter { $0.length > 0 }
        #expect(lengths.map { $0.priority } == [1, 9])
        #expect(lengths.map { $0.length } == [2, 2])
        let b = NotingModule()
        _ = bench.hub.attach("b", link: b)
        bench.run { b.bodies.count == 4 }
        #expect(b.bodies == [[1], [2], [3], [4]])
    }

    @Test func `the body is looked at where a condition asks for it`() throws {
        let bench = try HubBench()
        let b = NotingModule()
        try bench.apply(#"FROM /messages/* WHERE $body.celsius > 20 INTO BrokeredEndpoint("/modules/b/inputs/in")"#)
        let a = bench.hub.attach("a", link: NotingModule())
        _ = bench.hub.attach("b", link: b)
        let json = [
            MessageProperty(name: "contentType", value: "application/json"), MessageProperty(name: "contentEncoding", value: "utf-8"),
        ]
        let bodies: [String] = [#"{"celsius":21.5}"#, #"{"celsius":19}"#, "[]", "{", #"{"celsius":20.01}"#]
        for body in bodies { a.send(Message(module: "a", output: "", body: Array(body.utf8), systemProperties: json), done: nil) }
        a.send(Message(module: "a", output: "", body: Array(bodies[0].utf8)), done: nil)
        bench.flush()
        bench.run { b.bodies.count == 2 }
        #expect(b.bodies == [Array(bodies[0].utf8), Array(bodies[4].utf8)])
    }

    @Test func `conditions know who the sender is, whatever it says`() throws {
        let bench = try HubBench()
        let b = NotingModule()
        try bench.apply(
            #"FROM /messages/* WHERE $connectionModuleId = 'a' AND $connectionDeviceId = 'D' INTO BrokeredEndpoint("/modules/b/inputs/in")"#
        )
        let (a, other) = (bench.hub.attach("a", link: NotingModule()), bench.hub.attach("other", link: NotingModule()))
        _ = bench.hub.attach("b", link: b)
        // The message names another module.
        other.send(message(1), done: nil)
        a.send(Message(module: "other", output: "", body: [2]), done: nil)
        bench.run { b.bodies.count == 1 }
        #expect(b.bodies == [[2]])
        #expect(b.deliveries.first?.message.module == "a")
        let forged = Message(
            module: "a", output: "", body: [], systemProperties: [MessageProperty(name: "connectionModuleId", value: "a")])
        let error: HubError? = try bench.wait { other.send(forged, done: $0) }
        #expect(error?.kind == .invalid)
    }

    @Test func `what no route wants is accepted and counted for its module`() throws {
        let bench = try HubBench()
        try bench.apply("FROM /messages/modules/a/* WHERE wanted = 'yes' INTO $upstream")
        let (a, z) = (bench.hub.attach("a", link: NotingModule()), bench.hub.attach("z", link: NotingModule()))
        for number in 1...3 as ClosedRange<UInt8> {
            let error: HubError? = try bench.wait { a.send(message(number), done: $0) }
            #expect(error == nil)
        }
        a.send(message(4, [("wanted", "yes")]), done: nil)
        z.send(message(5), done: nil)
        let refused: HubError? = try bench.wait { z.send(Message(module: "z", output: "a/b", body: []), done: $0) }
        #expect(refused != nil)
        #expect(
            bench.hub.traffic() == [
                TrafficStatus(module: "a", received: 4, unrouted: 3), TrafficStatus(module: "z", received: 1, unrouted: 1),
            ])
        #expect(bench.hub.droppedWithoutRoute == 4)
    }

    @Test func `a monitor of what goes upstream shows what a condition sends there`() throws {
        let bench = try HubBench()
        try bench.apply("FROM /messages/* WHERE wanted = 'yes' INTO $upstream")
        var shown: [[UInt8]] = []
        let token = bench.hub.monitor(.upstream) { shown.append($0.body) }
        let a = bench.hub.attach("a", link: NotingModule())
        a.send(message(1), done: nil)
        a.send(message(2, [("wanted", "yes")]), done: nil)
        bench.hub.endMonitor(token)
        #expect(shown == [[2]])
    }

    @Test func `a module routed to itself does not keep others from their turn`() throws {
        let bench = try HubBench()
        let (looping, other) = (NotingModule(), NotingModule())
        try bench.apply(
            #"FROM /messages/modules/a/* WHERE NOT is_defined(never) INTO BrokeredEndpoint("/modules/a/inputs/in")"#,
            #"FROM /messages/modules/x/* INTO BrokeredEndpoint("/modules/b/inputs/in")"#)
        let a = bench.hub.attach("a", link: looping)
        _ = bench.hub.attach("b", link: other)
        let x = bench.hub.attach("x", link: NotingModule())
        looping.onDeliver = { _ in a.send(message(1), done: nil) }
        a.send(message(1), done: nil)
        bench.run { looping.bodies.count > 1000 }
        let before = looping.bodies.count
        var between = 0
        other.onDeliver = { _ in between = looping.bodies.count - before }
        x.send(message(2), done: nil)
        bench.run { other.bodies.count == 1 }
        #expect(between <= 512)
        #expect(try bench.queue("a/in").length == 1)
    }

    // MARK: - Changes of twins

    @Test func `a change of reported properties becomes a message once it is stored`() throws {
        let bench = try HubBench()
        let b = NotingModule()
        try bench.apply(
            #"FROM /twinChangeNotifications WHERE $body.state = 'ok' INTO BrokeredEndpoint("/modules/b/inputs/twins")"#)
        let a = bench.hub.attach("a", link: NotingModule())
        _ = bench.hub.attach("b", link: b)
        let first: Result<UInt64, HubError> = try bench.wait { a.report(["state": "ok", "old": nil], done: $0) }
        #expect(first == .success(2))
        a.report(["state": "bad"], done: nil)
        a.report(["state": "ok", "n": 2], done: nil)
        bench.run { b.bodies.count == 2 }
        #expect(b.bodies == [Array(#"{"state":"ok","old":null}"#.utf8), Array(#"{"state":"ok","n":2}"#.utf8)])
        let delivery = try #require(b.deliveries.first)
        #expect(delivery.input == "twins")
        let properties = delivery.systemProperties(device: "D")
        func value(_ name: Text) -> Text? { properties.first { $0.name == name }?.value }
        #expect(value("connectionDeviceId") == "D" && value("connectionModuleId") == "$edgeHub")
        #expect(value("rpSenderDeviceId") == "D" && value("rpSenderModuleId") == "a")
        #expect(value("messageSchema") == "twinChangeNotification" && value("messageType") == "twinChangeNotification")
        #expect(bench.hub.traffic().first { $0.module == "a" }?.received == 0)
    }

    @Test func `a change that no route wants is no message, one that is refused neither`() throws {
        let bench = try HubBench()
        let b = NotingModule()
        try bench.apply(#"FROM /messages/* INTO BrokeredEndpoint("/modules/b/inputs/in")"#)
        let a = bench.hub.attach("a", link: NotingModule())
        _ = bench.hub.attach("b", link: b)
        let stored: Result<UInt64, HubError> = try bench.wait { a.report(["n": 1], done: $0) }
        #expect(stored == .success(2))
        #expect(bench.hub.droppedWithoutRoute == 0)
        try bench.apply(#"FROM /* INTO BrokeredEndpoint("/modules/b/inputs/in")"#)
        let refused: Result<UInt64, HubError> = try bench.wait { a.report(["$bad": 1], done: $0) }
        #expect((try? refused.get()) == nil)
        a.send(message(7), done: nil)
        bench.run { !b.bodies.isEmpty }
        #expect(b.bodies == [[7]])
    }

    @Test func `a change of a twin waits on disk as any message, with who reported it`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try HubBench(folder: folder)
            bench.hub.retain(modules: ["a", "b"])
            let route = try Route.parse(#"FROM /twinChangeNotifications INTO BrokeredEndpoint("/modules/b/inputs/twins")"#)
            bench.hub.apply(routes: [RouteSpecification(name: "r", route: route, persistence: .disk)], timeToLiveSecs: 0)
            let a = bench.hub.attach("a", link: NotingModule())
            let _: Result<UInt64, HubError> = try bench.wait { a.report(["n": 1], done: $0) }
            bench.flush()
        }
        let bench = try HubBench(folder: folder)
        bench.hub.retain(modules: ["a", "b"])
        let route = try Route.parse(#"FROM /twinChangeNotifications INTO BrokeredEndpoint("/modules/b/inputs/twins")"#)
        bench.hub.apply(routes: [RouteSpecification(name: "r", route: route, persistence: .disk)], timeToLiveSecs: 0)
        let b = NotingModule()
        _ = bench.hub.attach("b", link: b)
        bench.run { b.bodies.count == 1 }
        #expect(b.bodies == [Array(#"{"n":1}"#.utf8)])
        #expect(b.deliveries.first?.message.systemProperty("rpSenderModuleId") == "a")
        #expect(b.deliveries.first?.message.module == "$edgeHub")
    }
}
