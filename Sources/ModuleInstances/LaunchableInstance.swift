public import ModuleImages

/// An instance with what is known of it before it starts.
public struct LaunchableInstance {
    public let instance: any ModuleInstance
    public let digest: ImageDigest
}
