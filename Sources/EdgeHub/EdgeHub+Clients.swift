import JSON

extension EdgeHub {
    /// Every module that has an identity, by name.
    public func clients() -> [ClientStatus] {
        slots.values.filter { !$0.name.isEmpty }.map { slot in
            ClientStatus(module: slot.name, isConnected: isAttached(slot.name), tally: slot.tally)
        }.inOrder { $0.module < $1.module }
    }
}
