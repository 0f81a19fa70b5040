import MartletModule

/// Publishes what the machine is doing, at a period that is a desired property.
final class SystemTelemetry: Module {
    static let defaultPeriod: Int64 = 1000
    static let allowedPeriods: ClosedRange<Int64> = 10...86_400_000

    private let host: Host
    private let machine = Machine()
    private var period = SystemTelemetry.defaultPeriod
    private var timer: Timer?
    private var last: [UInt8] = []
    /// One report at a time, and not more than one a second: reported properties are stored, and flash wears out.
    private var isReporting = false
    private var ticksToReport: Int64 = 0

    init(host: Host) {
        self.host = host
    }

    func start(twin: JSONText) throws(ModuleError) {
        guard machine.isReadable else { throw ModuleError("/proc/stat cannot be read") }
        if let wanted = twin.value("desired") { setPeriod(wanted) }
        do throws(HostError) {
            try restartTimer()
        } catch {
            throw ModuleError("no timer: \(host.text(of: error))")
        }
        report()
    }

    func desired(_ patch: JSONText, version: UInt64) {
        guard patch.kind("periodMs") != nil else { return }
        setPeriod(patch)
        do throws(HostError) {
            try restartTimer()
        } catch {
            host.log(.error, "no timer: \(host.text(of: error))")
        }
        report()
    }

    func invoke(_ call: MethodCall) {
        switch call.method {
        case "read": call.answer(status: 200, json: last)
        default: call.answerNoSuchMethod()
        }
    }

    /// What is not a valid period is refused in the log, and the period in force stays.
    private func setPeriod(_ properties: JSONText) {
        switch properties.kind("periodMs") {
        case nil: return
        case .null: period = Self.defaultPeriod
        case .number:
            if let wanted = properties.integer("periodMs"), Self.allowedPeriods.contains(wanted) {
                period = wanted
            } else {
                fallthrough
            }
        default: host.log(.warning, "desired property periodMs must be a whole number from 10 to 86400000; it stays \(period)")
        }
    }

    private func restartTimer() throws(HostError) {
        timer?.stop()
        timer = try host.every(UInt64(period)) { self.tick() }
        ticksToReport = 0
    }

    private func tick() {
        last = machine.read()
        do throws(HostError) {
            try host.send(to: "telemetry", json: last)
        } catch {
            host.log(.warning, "a reading was not sent: \(host.text(of: error))")
        }
        ticksToReport -= 1
        if ticksToReport <= 0 { report() }
    }

    private func report() {
        guard !isReporting else { return }
        var patch = JSONObjectBuilder()
        patch.set("periodMs", period)
        if !last.isEmpty { patch.set("lastReading", json: last) }
        do throws(HostError) {
            try host.report(patch.bytes) { _ in self.isReporting = false }
            isReporting = true
            ticksToReport = 1000 / period
        } catch {
            host.log(.warning, "the last reading was not reported: \(host.text(of: error))")
        }
    }
}

@c(martlet_module)
public func entry(_ host: HostTable?) -> ModuleTable? {
    moduleTable(host) { host in SystemTelemetry(host: host) }
}
