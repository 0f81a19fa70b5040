import EdgeAgent
import EdgeHub
import JSON
import Management
import ModuleIdentities
import ModuleLinks
import ModuleTwins
import UV

/// Identities, as an operator sees and changes them through the management socket.
extension Device {
    func identities() -> [RegisteredIdentity] {
        hub.identityRecords().compactMap { $0.identity.moduleID == nil ? nil : registered($0) }
    }

    func devices() -> [RegisteredIdentity] {
        hub.identityRecords().compactMap { $0.identity.moduleID == nil ? registered($0) : nil }
    }

    func identity(module: Text?) -> RegisteredIdentity? { hub.identityRecord(module).map { registered($0) } }

    func createIdentity(
        module: Text, change: IdentityChange, done: @escaping (Result<RegisteredIdentity, ControlError>) -> Void
    ) {
        let (primary, secondary) = keys(change.authentication)
        hub.createIdentity(
            module, managedBy: change.managedBy ?? "",
            authentication: change.authentication == IdentityChange.Authentication.none ? .none : .sas,
            primary: primary, secondary: secondary
        ) { [self] in done(answer($0)) }
    }

    func updateIdentity(
        module: Text, change: IdentityChange, ifMatch: Text, done: @escaping (Result<RegisteredIdentity, ControlError>) -> Void
    ) {
        let (primary, secondary) = keys(change.authentication)
        hub.updateIdentity(module, ifMatch: ifMatch, done: { [self] in done(answer($0, ofVersion: true)) }) { record in
            if let managedBy = change.managedBy { record.managedBy = managedBy }
            guard let authentication = change.authentication else { return }
            record.authentication = authentication == .none ? .none : .sas
            (record.primary, record.secondary) = (primary, secondary)
        }
    }

    func deleteIdentity(module: Text, ifMatch: Text?, done: @escaping (ControlError?) -> Void) {
        hub.deleteIdentity(module, ifMatch: ifMatch) { [self] result in
            switch result {
            case .failure(let error): done(ControlError(error, ofVersion: true))
            case .success(let isMadeAnew):
                let name = ClientName.shown(module, device: hub.deviceID)
                log.info("the identity of \(name) is deleted\(isMadeAnew ? "; it is of the manifest and has a new one" : "")")
                if isMadeAnew && !ClientName.isDownstream(module) { agent.identityChanged(module) }
                done(nil)
            }
        }
    }

    func pendingReport(module: Text?, done: @escaping (Result<JSONObject, ControlError>) -> Void) {
        hub.pendingReport(module) { done($0.map { $0.json }.mapError { ControlError($0) }) }
    }

    private func registered(_ record: IdentityRecord) -> RegisteredIdentity {
        let name = ClientName.name(of: record.identity, device: hub.deviceID) ?? ClientName.device
        var keys: RegisteredIdentity.Keys?
        if record.authentication == .sas, let own = hub.keys(of: name) {
            keys = RegisteredIdentity.Keys(primary: own.primaryText, secondary: own.secondaryText)
        }
        return RegisteredIdentity(
            moduleID: record.identity.moduleID, downstreamDevice: ClientName.downstreamDevice(name), managedBy: record.managedBy,
            generationID: "\(record.generation)", etag: record.etag, keys: keys)
    }

    private func answer(
        _ result: Result<IdentityRecord, HubError>, ofVersion: Bool = false
    ) -> Result<RegisteredIdentity, ControlError> {
        switch result {
        case .success(let record): .success(registered(record))
        case .failure(let error): .failure(ControlError(error, ofVersion: ofVersion))
        }
    }

    /// nil: derived from the device's.
    private func keys(_ authentication: IdentityChange.Authentication?) -> (primary: [UInt8]?, secondary: [UInt8]?) {
        guard case .keys(let primary, let secondary)? = authentication else { return (nil, nil) }
        return (primary, secondary)
    }
}

extension PendingReport {
    /// As `GET …/pending` shows it.
    fileprivate var json: JSONObject {
        [
            "patch": .object(patch), "version": .integer(Int64(clamping: version)), "isCloudKnown": .bool(isCloudKnown),
            "refused": .array(
                refused.map { report in
                    [
                        "time": .string(Text(iso8601Ms: report.atMs)), "version": .integer(Int64(clamping: report.version)),
                        "reason": .string(report.reason), "patch": .object(report.patch),
                    ]
                }),
        ]
    }
}
