public import JSON

/// Where the host finds and keeps things, what it opens, and how much it may use. All folders are absolute.
public struct HostSettings: Sendable, Equatable {
    public var modulesDirectory: Text
    public var stateDirectory: Text
    public var runtimeDirectory: Text
    public var listen: ListenSettings
    public var limits: QueueLimits
    public var restart: RestartSettings
    /// nil: signatures are not checked, and none is allowed.
    public var imageSigning: ImageSigning?
    /// Whether an image that ended the host runs in a process of its own until it changes.
    public var quarantine: Bool
    public var watchdog: WatchdogSettings
    /// nil: nobody's tokens open the service API.
    public var sharedAccessPolicy: SharedAccessPolicy?

    public init(
        modulesDirectory: Text, stateDirectory: Text, runtimeDirectory: Text, listen: ListenSettings = ListenSettings(),
        limits: QueueLimits = QueueLimits(), restart: RestartSettings = RestartSettings(), imageSigning: ImageSigning? = nil,
        quarantine: Bool = true, watchdog: WatchdogSettings = WatchdogSettings(), sharedAccessPolicy: SharedAccessPolicy? = nil
    ) {
        self.modulesDirectory = modulesDirectory
        self.stateDirectory = stateDirectory
        self.runtimeDirectory = runtimeDirectory
        self.listen = listen
        self.limits = limits
        self.restart = restart
        self.imageSigning = imageSigning
        self.quarantine = quarantine
        self.watchdog = watchdog
        self.sharedAccessPolicy = sharedAccessPolicy
    }
}
