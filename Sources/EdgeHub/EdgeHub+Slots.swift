public import JSON
import ModuleIdentities
public import ModuleLinks
public import ModuleTwins

/// Which identities there are.
extension EdgeHub {
    /// At most so many identities on a device, the device's own among them. Our own bound; IoT Hub has 50 modules on a device.
    public static let mostIdentities = 16_384

    /// The twin of a module of the manifest or of an instance, made with its identity and generation id on first sight and kept from then
    /// on. nil: the device's.
    /// - Parameter done: called once it is on disk.
    @discardableResult
    public func ensureTwin(_ module: Text?, done: ((HubError?) -> Void)? = nil) -> Twin {
        let slot = ensureSlot(module)
        if let done {
            if slot.isStored {
                later { done(nil) }
            } else if slot.isRefused {
                later { done(EdgeHub.tooMany) }
            } else {
                queue(slot, done: done)
            }
        }
        return slot.committed
    }

    func ensureSlot(_ module: Text?) -> TwinSlot {
        if let slot = slots[module ?? ""] {
            slot.isNeeded = true
            return slot
        }
        let name = module ?? ClientName.device
        let slot = makeSlot(name, managedBy: EdgeHub.managedBy(name))
        slot.isNeeded = true
        guard slots.count < EdgeHub.mostIdentities else {
            log(.error, "\(slot.path) gets no identity: \(EdgeHub.tooMany.reason)")
            slot.isRefused = true
            return slot
        }
        slots[slot.name] = slot
        queue(slot, done: nil)
        return slot
    }

    /// A new identity with a new twin, not yet among the others.
    func makeSlot(_ name: Text, managedBy: Text) -> TwinSlot {
        // As many digits as IoT Hub's, and never the same for two identities.
        let generation = UInt64.random(in: 100_000_000_000_000_000...999_999_999_999_999_999)
        let identity = IdentityRecord(
            identity: ClientName.identity(name, device: deviceID), generation: generation, managedBy: managedBy)
        lastSlotID += 1
        return TwinSlot(
            id: lastSlotID, name: name, identity: identity,
            twin: Twin(identity: identity.identity, generation: generation, nowMs: time.wallMs), isStored: false)
    }

    /// What is said of an identity that the host makes for itself. Devices are managed by nobody.
    static func managedBy(_ name: Text) -> Text {
        name.isEmpty || ClientName.isDownstream(name) ? "" : StateDatabase.managedByManifest
    }

    static let tooMany = HubError(
        .full, "a device has at most \(mostIdentities) identities; delete one that is not used any more")

    /// What may be seen of an identity. One that somebody creates is there once it is on disk; one that the host needs, at once.
    func known(_ module: Text?) -> TwinSlot? {
        guard let slot = slots[module ?? ""], slot.isStored || slot.isNeeded else { return nil }
        return slot
    }

    /// What updates go to: where an identity is about to be made anew, the new one.
    func updatable(_ module: Text?) -> TwinSlot? {
        guard let slot = slots[module ?? ""] else { return nil }
        return slot.successor ?? slot
    }
}
