public import CMartlet

/// What the host hands to a module's entry: the table of its functions.
public typealias HostTable = UnsafePointer<martlet_host_api>

/// What a module's entry hands back: its table of functions.
public typealias ModuleTable = UnsafePointer<martlet_module_api>

/// Makes the table that the one exported function of a module returns.
///
/// ```swift
/// @c(martlet_module)
/// public func entry(_ host: HostTable?) -> ModuleTable? {
///     moduleTable(host) { host in Thermometer(host: host) }
/// }
/// ```
///
/// - Parameters:
///   - host: what the entry was given.
///   - readyLater: the module calls ``Host/ready()`` itself; otherwise it counts as ready once `start` returned.
///   - make: makes the module of one instance; capture nothing, it is kept for as long as the library is loaded. An error it
///     throws refuses the instance, with its reason in the log.
/// - Returns: nil if the host is too old.
public func moduleTable(
    _ host: HostTable?, readyLater: Bool = false, _ make: @escaping (Host) throws(ModuleError) -> any Module
) -> ModuleTable? {
    guard let host, host.pointee.version >= MARTLET_ABI_VERSION, Host.holdsEverything(host) else { return nil }
    return ModuleEntry.install(readyLater: readyLater, make)
}
