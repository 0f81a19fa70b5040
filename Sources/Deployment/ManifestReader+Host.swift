import JSON
import Messages

// `host`: folders, ports, limits. Every member is optional.
extension ManifestReader {
    static func hostSettings(_ cursor: ManifestCursor?, folder: Text, overrides: DirectoryOverrides) -> HostSettings {
        let names: [Text] = [
            "modulesDirectory", "stateDirectory", "runtimeDirectory", "listen", "limits", "restart", "imageSigning", "quarantine",
            "watchdog", "sharedAccessPolicy",
        ]
        let object = cursor?.object("host", only: names)
        func directory(_ name: Text, _ standard: Text, _ override: Text?) -> Text {
            let written = object?.optional(name)?.nonEmptyText() ?? standard
            return absolute(override ?? written, folder)
        }
        return HostSettings(
            modulesDirectory: directory("modulesDirectory", "modules", overrides.modules),
            stateDirectory: directory("stateDirectory", "state", overrides.state),
            runtimeDirectory: directory("runtimeDirectory", "run", overrides.runtime),
            listen: listen(object?.optional("listen")),
            limits: limits(object?.optional("limits")),
            restart: restart(object?.optional("restart")),
            imageSigning: object?.optional("imageSigning").flatMap { imageSigning($0, folder) },
            quarantine: object?.optional("quarantine")?.boolean() ?? true,
            watchdog: watchdog(object?.optional("watchdog")),
            sharedAccessPolicy: object?.optional("sharedAccessPolicy").flatMap(sharedAccessPolicy))
    }

    /// A path that begins with a slash and does not end in one.
    static func absolute(_ path: Text, _ folder: Text) -> Text {
        var bytes = Array((path.hasPrefix("/") ? path : "\(folder)/\(path)").utf8)
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        return Text(utf8: bytes)
    }

    private static func limits(_ cursor: ManifestCursor?) -> QueueLimits {
        var limits = QueueLimits()
        guard let object = cursor?.object("limits", only: ["memoryQueueBytes", "diskQueueBytes", "whenFull"]) else { return limits }
        // Both fit an Int of a 32-bit board; a disk may take more than memory does.
        if let bytes = object.optional("memoryQueueBytes")?.integer(1...1_073_741_824) { limits.memoryQueueBytes = Int(bytes) }
        if let bytes = object.optional("diskQueueBytes")?.integer(1...1_099_511_627_776) { limits.diskQueueBytes = bytes }
        if let rule = object.optional("whenFull")?.word(FullQueueRule.self) { limits.whenFull = rule }
        return limits
    }

    private static func restart(_ cursor: ManifestCursor?) -> RestartSettings {
        var restart = RestartSettings()
        guard let object = cursor?.object("restart", only: ["coolOffSeconds", "maxRestarts", "intensiveCareSeconds", "probationSeconds"])
        else { return restart }
        if let seconds = object.optional("coolOffSeconds")?.integer(0...300) { restart.coolOffSeconds = Int(seconds) }
        if let count = object.optional("maxRestarts")?.integer(0...1_000_000) { restart.maxRestarts = Int(count) }
        if let seconds = object.optional("intensiveCareSeconds")?.integer(0...2_592_000) { restart.intensiveCareSeconds = Int(seconds) }
        if let seconds = object.optional("probationSeconds")?.integer(0...86_400) { restart.probationSeconds = Int(seconds) }
        return restart
    }

    private static func watchdog(_ cursor: ManifestCursor?) -> WatchdogSettings {
        var watchdog = WatchdogSettings()
        guard let object = cursor?.object("watchdog", only: ["warnAfterMs", "restartAfterSeconds"]) else { return watchdog }
        if let ms = object.optional("warnAfterMs")?.integer(0...3_600_000) { watchdog.warnAfterMs = Int(ms) }
        if let seconds = object.optional("restartAfterSeconds")?.integer(0...86_400) { watchdog.restartAfterSeconds = Int(seconds) }
        return watchdog
    }

    private static func imageSigning(_ cursor: ManifestCursor, _ folder: Text) -> ImageSigning? {
        guard let object = cursor.object("imageSigning", only: ["publicKey", "required"]) else { return nil }
        let isRequired = object.optional("required")?.boolean() ?? false
        let hint: Text = "\"publicKey\": \"…\", the text or the path of a PEM file"
        guard let key = object.required("publicKey", hint)?.nonEmptyText() else { return nil }
        return ImageSigning(publicKey: key.hasPrefix("-----") ? .text(key) : .file(absolute(key, folder)), isRequired: isRequired)
    }

    private static func listen(_ cursor: ManifestCursor?) -> ListenSettings {
        var listen = ListenSettings()
        guard let object = cursor?.object("listen", only: ["mqtts", "https", "metrics"]) else { return listen }
        var taken: [(name: Text, address: ListenAddress)] = []
        func address(_ name: Text) -> ListenAddress? {
            guard let member = object.optional(name), let text = member.text() else { return nil }
            guard let address = ListenAddress(text) else {
                member.error("\(text.quoted) is not an address to listen on; use an IP address and a port, as 127.0.0.1:8883 or [::1]:8883")
                return nil
            }
            if let other = taken.first(where: { $0.address == address }) {
                member.error("\(text.quoted) is the address of \(other.name) already")
            }
            taken.append((name, address))
            return address
        }
        listen.mqtts = address("mqtts")
        listen.https = address("https")
        listen.metrics = address("metrics")
        return listen
    }
}
