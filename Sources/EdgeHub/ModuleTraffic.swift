/// What a module has sent, counted from the host's start.
final class ModuleTraffic {
    /// Messages that were accepted from it.
    var received: UInt64 = 0
    /// Of these, messages that no route wanted.
    var unrouted: UInt64 = 0
}
