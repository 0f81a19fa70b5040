import JSON
import Messages
import ModuleLinks

/// A hub that only keeps who came and who left.
final class RecordingHub: ModuleHub {
    /// `+name` for each instance that came, `-name` for each that left.
    private(set) var events: [Text] = []
    private(set) var attached: [Text: Int] = [:]
    /// Instances of one module at a time.
    private(set) var most = 0

    func attach(_ module: Text, link: any ModuleLink) -> any HubPort {
        events.append("+\(module)")
        attached[module, default: 0] += 1
        most = max(most, attached[module] ?? 0)
        return RecordingPort(module)
    }

    func detach(_ port: any HubPort) {
        events.append("-\(port.moduleName)")
        attached[port.moduleName, default: 0] -= 1
    }

    func generationID(of module: Text) -> Text { "1" }

    /// Instances that were started so far.
    func starts(of module: Text) -> Int { events.filter { $0 == "+\(module)" }.count }
}

/// A port on which nothing is done.
private final class RecordingPort: HubPort {
    let deviceID: Text = "d"
    let moduleName: Text

    init(_ module: Text) {
        moduleName = module
    }

    func send(_ message: Message, done: ((HubError?) -> Void)?) {}
    func report(_ patch: JSONObject, done: ((Result<UInt64, HubError>) -> Void)?) {}
    func twin() -> JSONObject { ["desired": ["$version": 1], "reported": ["$version": 1]] }
    func invoke(module: Text, method: Text, payload: JSON, timeoutMs: UInt64, done: @escaping (MethodOutcome) -> Void) {}
    func takesMore() {}
    func took(_ receipt: UInt64) {}
}
