import TestSupport
import Testing

/// Far more instances than a device has, of one image.
struct ManyInstancesTests {
    @Test(arguments: MartletProgram.all, [("loop", 500), ("thread", 100), ("process", 50)])
    func `many instances on one host start, work and stop`(_ program: MartletProgram, _ many: (isolation: String, count: Int)) throws {
        var manifest = Manifest()
        // What one sends goes to the next.
        for number in 0..<many.count {
            manifest.library("m\(number)", "libprobe.so", ["settings": ["isolation": many.isolation]])
            manifest.route("r\(number)", from: "m\(number)", into: "m\(number + 1)/inputs/in")
        }
        manifest.routes["r\(many.count - 1)"] = nil
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.launch()
        var end = 0
        for _ in 0..<many.count { end = try host.log(from: end, holding: " running (library, \(many.isolation)") }
        let list = try host.json("list", "--json").array
        #expect(list.count == many.count && list.allSatisfy { $0["status"].string == "running" })

        let last = "m\(many.count - 1)"
        #expect(try host.martlet("send", "m0/in", #"{"hops":0}"#).code == 0)
        let log = try host.follow("logs", last, "-f")
        try log.output.line(holding: #"received in {"hops":0}"#)
        for name in ["m0", last] { #expect(try host.invoke(name, "count").int == 1, "statics are an instance's own") }

        #expect(try host.end() == .exit(0))
        #expect(!host.logLines.contains { $0.contains(" failed") || $0.contains("killed") })
    }
}
