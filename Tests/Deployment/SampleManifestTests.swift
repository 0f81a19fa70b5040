import Deployment
import Foundation
import JSON
import Testing

@Test func `the sample device has nothing to find fault with`() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("modules-sample/hannover01.json")
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(findings(text).filter { !$0.utf8.starts(with: "note ".utf8) } == [])
    let deployment = try read(text).get()
    #expect(deployment.device.id == "Hannover01")
    #expect(Set(deployment.modules.map(\.name)) == ["logger", "filter", "telemetry", "mean", "pid"])
}
