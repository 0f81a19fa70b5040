import JSON
import Messages
import Testing

@Suite struct RouteSourceTests {
    @Test(arguments: [
        "/*", "/", "/messages/*", "/messages/modules/*", "/messages/modules/m/*", "/messages/modules/m/outputs/*",
        "/messages/modules/m/outputs/o", "/MESSAGES/Modules/M/Outputs/O", "/messages/modules/m/outputs/o/*", "/messages/**",
        "/messages/modules/m/",
    ])
    func `selects a message of output o of module m`(pattern: String) {
        #expect(RouteSource(Text(pattern)).matches(module: "m", output: "o"))
    }

    @Test(arguments: [
        "/twinChangeNotifications", "/message", "/messages/modules/m/outputs/oo", "/messages/modules/mm/*", "/messages/modules/*/outputs/o",
        "/*/messages/*", "/messages/modules/m/outputs/o/x", "/messages/devices/*",
    ])
    func `does not select a message of output o of module m`(pattern: String) {
        #expect(!RouteSource(Text(pattern)).matches(module: "m", output: "o"))
    }

    @Test func `all messages of devices have one path`() {
        for device in ["", "/sensor-7", "/modules"] as [Text] {
            #expect(RouteSource("/messages").matches(module: device, output: "out"))
            #expect(RouteSource("/*").matches(module: device, output: ""))
            #expect(!RouteSource("/messages/modules/*").matches(module: device, output: "out"))
            #expect(!RouteSource("/messages/sensor-7").matches(module: device, output: ""))
        }
    }

    @Test func `a name is a segment, not a prefix`() {
        #expect(!RouteSource("/messages/modules/m/*").matches(module: "mm", output: "o"))
        #expect(!RouteSource("/messages/modules/m/outputs/o").matches(module: "m", output: "oo"))
    }

    @Test func `a star after part of a name does not make it a prefix`() {
        #expect(!RouteSource("/messages/modules/therm*").matches(module: "thermometer", output: "o"))
        #expect(RouteSource("/messages/modules/thermometer*").matches(module: "thermometer", output: "o"))
    }

    @Test func `a module's star selects its messages with and without output`() {
        let source = RouteSource("/messages/modules/m/*")
        #expect(source.matches(module: "m", output: ""))
        #expect(source.matches(module: "m", output: "o"))
        #expect(!RouteSource("/messages/modules/m/outputs/*").matches(module: "m", output: ""))
    }

    @Test func `a downstream device is selected by messages and not by modules`() {
        #expect(RouteSource("/messages/*").matches(module: "", output: ""))
        #expect(RouteSource("/*").matches(module: "", output: ""))
        #expect(!RouteSource("/messages/modules/*").matches(module: "", output: ""))
    }

    @Test func `changes of reported properties are selected by everything and by their own name`() {
        #expect(RouteSource("/*").matchesTwinChanges)
        #expect(RouteSource("/twinchangenotifications").matchesTwinChanges)
        #expect(RouteSource("/twinChangeNotifications/*").matchesTwinChanges)
        #expect(!RouteSource("/messages/*").matchesTwinChanges)
    }

    @Test func `letters beyond ASCII compare by code units`() {
        #expect(!RouteSource("/messages/modules/m/outputs/Ä").matches(module: "m", output: "ä"))
        #expect(!RouteSource("/messages/modules/m/outputs/e\u{301}").matches(module: "m", output: "\u{E9}"))
    }
}
