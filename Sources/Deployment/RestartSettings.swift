/// Back-off after an exit: coolOff · 2^n seconds, at most 300. (IoT Edge's rules and defaults)
public struct RestartSettings: Sendable, Equatable {
    /// 0: restart at once.
    public var coolOffSeconds: Int
    /// After as many restarts the instance is failed and given up.
    public var maxRestarts: Int
    /// Once an instance has run as long, its restarts are forgotten.
    public var intensiveCareSeconds: Int
    /// An instance that switched to a new image and ends by itself within so long goes back to the image before; 0: never. (ours)
    public var probationSeconds: Int

    public init(coolOffSeconds: Int = 10, maxRestarts: Int = 20, intensiveCareSeconds: Int = 600, probationSeconds: Int = 30) {
        self.coolOffSeconds = coolOffSeconds
        self.maxRestarts = maxRestarts
        self.intensiveCareSeconds = intensiveCareSeconds
        self.probationSeconds = probationSeconds
    }
}
