import JSON
public import ModuleIdentities

/// Devices that have this one as their gateway. Each has an identity, a twin and a name here, as modules have; their keys are the
/// manifest's, and are not in the state.
extension EdgeHub {
    /// These may connect, and no others. Those that may no more, or have another key, are cut off; twins and what is on disk stay.
    public func admit(_ devices: [DownstreamDevice]) {
        var keys: [Text: [UInt8]] = [:]
        for device in devices { keys[ClientName.downstream(device.id)] = device.key }
        let before = children
        children = keys
        for (name, key) in before {
            guard let new = keys[name] else {
                cutOff(name, "it is no longer one of device.children")
                continue
            }
            if new != key { cutOff(name, "its key has changed", onlyAuthenticated: true) }
        }
        for name in keys.keys { _ = ensureSlot(name) }
    }

    /// Whether this is the name of a device that may connect.
    public func isChild(_ name: Text) -> Bool { children[name] != nil }
}
