import EdgeHub
import JSON
import Messages
import ModuleLinks
import UV

/// Messages of one module to the inputs of others, from `HubPort.send` to `ModuleLink.deliver`, by way of queues in memory.
///
/// There are up to 500 endpoints, ten inputs for each of 50 modules. Which of the routes a message takes:
///
/// - `source`: one, the others are those of other modules
/// - `property`: the same, and its condition looks at a property
/// - `body`: the same, and its condition looks into the body, 200 bytes of JSON
/// - `conditions`: one; all are of this module, and the conditions of the others, on a property, do not hold
/// - `every`: all
struct RoutingBench {
    private static let endpoints = 500
    private static let modules = 50
    /// Messages that wait at one time, at most: as many as a read from a module's pipe brings.
    private static let batch = 250

    /// A line with `each NS`, or what went wrong.
    static func run(_ kind: Text, routes: Int, messages: Int, folder: Text) -> (text: Text, isRight: Bool) {
        do throws(RouteError) {
            let specifications = try self.routes(kind, routes)
            guard let loop = try? Loop(), let store = try? StateStore(directory: folder, loop: loop) else { return ("no state", false) }
            let hub = EdgeHub(loop: loop, deviceID: "bench", store: store) { _, _ in }
            defer {
                hub.close()
                loop.close()
            }
            let sinks = (0..<modules).map { _ in CountingModule() }
            for (index, sink) in sinks.enumerated() { _ = hub.attach("e\(index)", link: sink) }
            let source = hub.attach("m0", link: CountingModule())
            hub.apply(routes: specifications, timeToLiveSecs: 7200)
            let each = kind == "every" ? min(routes, endpoints) : 1
            return measure(loop, source, sinks, messages: messages, each: each)
        } catch {
            return (Text(error.description), false)
        }
    }

    private static func measure(
        _ loop: Loop, _ source: any HubPort, _ sinks: [CountingModule], messages: Int, each: Int
    ) -> (text: Text, isRight: Bool) {
        let message = message()
        /// Sends so many and waits until all are there.
        func send(_ count: Int) {
            let goal = sinks.reduce(0) { $0 + $1.count } + count * each
            var sent = 0
            while sent < count {
                for _ in 0..<max(1, batch / each) where sent < count {
                    source.send(message, done: nil)
                    sent += 1
                }
                loop.runOnce(wait: false)
            }
            var turns = 0
            while turns < 1000, sinks.reduce(0, { $0 + $1.count }) < goal {
                loop.runOnce(wait: false)
                turns += 1
            }
        }
        send(messages / 10)
        let before = sinks.reduce(0) { $0 + $1.count }
        let start = Loop.monotonicNs
        send(messages)
        let passed = Loop.monotonicNs - start
        let came = sinks.reduce(0) { $0 + $1.count } - before
        guard came == messages * each else { return ("\(messages) messages to \(each) inputs each; \(came) came", false) }
        return ("each \(passed / UInt64(messages))", true)
    }

    private static func routes(_ kind: Text, _ count: Int) throws(RouteError) -> [RouteSpecification] {
        var routes: [RouteSpecification] = []
        for index in 0..<count {
            // The one that is taken stands in the middle.
            let isTaken = index == count / 2
            var module: Text = isTaken ? "m0" : "m\(index + 1)"
            var condition: Text = ""
            if kind == "property" { condition = " WHERE level = 'high'" }
            if kind == "body" { condition = " WHERE $body.temperature > 30" }
            if kind == "conditions" { condition = isTaken ? " WHERE level = 'high'" : " WHERE level = 'low\(index)'" }
            if kind == "conditions" || kind == "every" { module = "m0" }
            let place = index % endpoints
            let sink = "BrokeredEndpoint(\"/modules/e\(place % modules)/inputs/in\(place / modules)\")"
            let route = try Route.parse("FROM /messages/modules/\(module)/outputs/*\(condition) INTO \(Text(sink))")
            routes.append(RouteSpecification(name: "r\(index)", route: route))
        }
        return routes
    }

    /// With 200 bytes of JSON.
    private static func message() -> Message {
        let body: Text = """
            {"machine":{"temperature":21.5,"pressure":1.0162},"ambient":{"temperature":20.9,"humidity":26},\
            "place":"hall 3, row 12, shelf","time":"2026-11-23T08:15:30.123Z","status":"ok","temperature":31.5,"n":1}
            """
        let system = [
            MessageProperty(name: "contentType", value: "application/json"), MessageProperty(name: "contentEncoding", value: "utf-8"),
        ]
        return Message(
            module: "m0", output: "out", body: Array(body.utf8), properties: [MessageProperty(name: "level", value: "high")],
            systemProperties: system, isChecked: true)
    }
}
