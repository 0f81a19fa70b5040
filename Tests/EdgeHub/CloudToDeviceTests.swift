import JSON
import Messages
import ModuleIdentities
import ModuleLinks
import TestSupport
import Testing

@testable import EdgeHub

/// Messages from the cloud to devices.
@Suite struct CloudToDeviceTests {
    private func bench(_ folder: TemporaryFolder = TemporaryFolder()) throws -> HubBench {
        let bench = try HubBench(folder: folder, deviceID: "Hannover01")
        bench.hub.retain(modules: [])
        bench.hub.admit([DownstreamDevice(id: "sensor-7", key: Array(repeating: 1, count: 16))])
        bench.route([])
        bench.flush()
        return bench
    }

    private func send(_ bench: HubBench, _ message: Message, to device: Text = "/sensor-7") throws -> HubError? {
        try bench.wait { bench.hub.sendToDevice(device, message: message, done: $0) }
    }

    @Test(arguments: ["/sensor-7", ""] as [Text]) func `they wait on disk until the device has taken them`(device: Text) throws {
        let folder = TemporaryFolder()
        let shown: Text = device.isEmpty ? "Hannover01/messages/devicebound" : "sensor-7/messages/devicebound"
        do {
            let bench = try bench(folder)
            for number in 1...3 as ClosedRange<UInt8> { #expect(try send(bench, Message(number, output: ""), to: device) == nil) }
            let queue = try bench.queue(shown)
            #expect((queue.length, queue.persistence) == (3, .disk))
        }
        let bench = try bench(folder)
        let link = NotingModule()
        (link.takesAtOnce, link.acknowledges, link.closedInputs) = (false, true, [""])
        let port = bench.attach(device, link: link)
        bench.flush()
        #expect(link.bodies.isEmpty)
        link.closedInputs = []
        port.readinessChanged()
        bench.run { link.bodies.count == 3 }
        #expect(link.bodies == [[1], [2], [3]] && link.inputs == ["", "", ""])
        for receipt in link.receipts { port.took(receipt) }
        bench.hub.detach(port)
        bench.flush()
        #expect(try bench.queue(shown).length == 0)
        #expect(!bench.lines.contains { $0.string.contains("dropped") })
    }

    @Test func `no more than fifty wait`() throws {
        let bench = try bench()
        for _ in 1...HubLimits.cloudToDeviceMessages { #expect(try send(bench, Message(1)) == nil) }
        let error = try send(bench, Message(1))
        #expect(error?.kind == .full)
        #expect(error?.reason == "50 messages wait for /devices/sensor-7, as many as may; try again when it has taken some")
        #expect(bench.hub.twin("/sensor-7")?["cloudToDeviceMessageCount"] == 50)
        let link = NotingModule()
        _ = bench.attach("/sensor-7", link: link)
        bench.run { link.bodies.count == 50 }
        // They are taken, though not off the disk yet.
        #expect(bench.hub.twin("/sensor-7")?["cloudToDeviceMessageCount"] == 0)
        #expect(try send(bench, Message(1)) == nil)
    }

    @Test func `one that is too large, and one to nobody, are refused`() throws {
        let bench = try bench()
        #expect(try send(bench, Message(1, bytes: HubLimits.cloudToDeviceBytes)) == nil)
        #expect(try send(bench, Message(1, bytes: HubLimits.cloudToDeviceBytes + 1))?.kind == .tooLarge)
        let error = try send(bench, Message(1), to: "/sensor-8")
        #expect(error?.kind == .notFound)
        #expect(error?.reason == "there is no device /devices/sensor-8; see device.children")
        #expect(try send(bench, Message(1), to: "sensor-7")?.kind == .notFound)
    }

    @Test func `names of endpoints are read as they are written`() {
        let all: [EndpointID] = [
            .upstream, .input(module: "m", input: "in"), .input(module: "/sensor-7", input: ""), .input(module: "", input: ""),
            .input(module: "a", input: ""),
        ]
        for endpoint in all { #expect(EndpointID(name: endpoint.name) == endpoint) }
    }
}
