import JSON

extension EdgeHub {
    /// Every module and downstream device that has an identity, by its `ClientName`; the device itself where it has connected.
    public func clients() -> [ClientStatus] {
        slots.values.filter { !$0.name.isEmpty || $0.tally.connects > 0 }.map { slot in
            ClientStatus(module: slot.name, isConnected: isAttached(slot.name), tally: slot.tally)
        }.inOrder { $0.module < $1.module }
    }
}
