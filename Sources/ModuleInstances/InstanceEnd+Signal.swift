import CPOSIX
public import Deployment
public import JSON

extension InstanceEnd {
    /// For people: the signal that ended a process, and which of its limits that may come from.
    public static func reason(signal: Int32, _ limits: ProcessLimits?) -> Text {
        let name: Text = sigabbrev_np(signal).map { " (SIG\(Text(String(cString: $0))))" } ?? ""
        let reason: Text = "ended by signal \(signal)\(name)"
        switch signal {
        case SIGXCPU:
            if let seconds = limits?.cpuSeconds { return "\(reason), as it used its cpuSeconds limit of \(seconds)" }
        case SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGBUS:
            // Allocation that fails ends some programs in one of these ways.
            if let memory = limits?.memory { return "\(reason); its memory limit is \(memory) bytes" }
        default: break
        }
        return reason
    }
}
