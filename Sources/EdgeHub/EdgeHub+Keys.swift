public import JSON
public import ModuleIdentities

/// Who may act under an identity.
extension EdgeHub {
    /// The keys of an identity: its own, else those derived from the device's key and its generation. nil: there is no such identity, or
    /// there is nothing to derive them from.
    /// - Parameter module: a `ClientName`; nil: the device's. Of a downstream device that may not connect there are none.
    public func keys(of module: Text?) -> SymmetricKeys? {
        guard let slot = known(module) else { return nil }
        let record = slot.identity
        if let primary = record.primary, let secondary = record.secondary { return SymmetricKeys(primary: primary, secondary: secondary) }
        let name = slot.name
        let derived = deviceKey?.keys(module: name.isEmpty ? nil : name, generation: record.generation)
        if ClientName.isDownstream(name) {
            guard let key = children[name] else { return nil }
            return SymmetricKeys(primary: key, secondary: derived?.secondary ?? key)
        }
        guard let derived else { return nil }
        return SymmetricKeys(primary: record.primary ?? derived.primary, secondary: record.secondary ?? derived.secondary)
    }

    /// The key with which the data of a module is encrypted, as long as its identity lives. nil: there is no such identity, or there is
    /// nothing to derive it from.
    public func encryptionKey(of module: Text) -> [UInt8]? {
        guard let record = known(module)?.identity else { return nil }
        return deviceKey?.encryptionKey(module: module, generation: record.generation)
    }

    /// Whether a token shows that its bearer may act under an identity. nil: it does; else what is wrong with it.
    ///
    /// Whether it has expired is not looked at before the clock was set.
    public func authenticate(_ token: Text, as identity: ModuleIdentity) -> SASError? {
        authenticate(token, as: identity, nowMs: time.wallMs)
    }

    func authenticate(_ token: Text, as identity: ModuleIdentity, nowMs: Int64) -> SASError? {
        guard let name = ClientName.name(of: identity, device: deviceID), let slot = known(name), !slot.isLeaving else {
            return SASError(.wrongIdentity, "there is no identity \(identity.path)")
        }
        if ClientName.isDownstream(name) && !isChild(name) {
            return SASError(.wrongIdentity, "\(slot.path) may not connect here: it is none of device.children")
        }
        if isDeploymentKnown, slot.identity.managedBy == StateDatabase.managedByManifest, consumers[name]?.isDeployed != true {
            return SASError(.wrongIdentity, "\(slot.path) may not connect: it is of a module that the manifest has no longer")
        }
        guard slot.identity.authentication == .sas else {
            return SASError(.wrongIdentity, "\(slot.path) takes no tokens: its authentication is none")
        }
        guard let keys = keys(of: name) else {
            return SASError(.wrongIdentity, "\(slot.path) has no keys: the device has no key to derive them from")
        }
        do throws(SASError) {
            let now = nowMs >= PlausibleClock.sinceMs ? nowMs / 1000 : nil
            try SharedAccessSignature(parsing: token).check(for: slot.identity.identity, hosts: hosts, keys: keys, now: now)
            return nil
        } catch {
            return error
        }
    }
}
