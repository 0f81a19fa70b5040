/// What of a module the host is executing.
enum ModuleFunction: UInt8 {
    /// Its constructors and `martlet_module`.
    case load
    case create
    case start
    case receive
    case desired
    case invoke
    case destroy
    /// Its destructors.
    case unload
    /// What it gave to `timer_start`.
    case timer
    /// What it gave to `watch_start`.
    case watch
    /// What it gave to `post`.
    case post
    /// What it gave to `send` or `report`.
    case done
    /// What it gave to `invoke`.
    case answer
}
