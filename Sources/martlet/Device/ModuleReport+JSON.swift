import Deployment
import EdgeAgent
import JSON
import ModuleIdentities
import ModuleImages
import UV

extension ModuleReport {
    /// An element of `martlet list --json`. (contract section 2)
    func json(deviceID: Text) -> JSONObject {
        [
            "name": .string(module.name),
            "identity": .string(ModuleIdentity(deviceID: deviceID, moduleID: module.name).path),
            "type": .string(module.kind.type.word),
            "isolation": .string(isolation?.word ?? "process"),
            "quarantine": quarantine.map { .string($0) } ?? .null,
            "blocked": blocked.map { .string($0) } ?? .null,
            "status": .string(status.word),
            "description": .string(description),
            "pid": pid.map { .integer(Int64($0)) } ?? .null,
            "restartCount": .integer(Int64(restartCount)),
            "exitCode": exitCode.map { .integer(Int64($0)) } ?? .null,
            "image": .string(module.image),
            "digest": digest.map { .string($0.text) } ?? .null,
            "refusedImage": refusedImage?.json ?? .null,
            "lastStartTimeUtc": Self.time(lastStart),
            "lastExitTimeUtc": Self.time(lastExit),
        ]
    }

    private static func time(_ ms: Int64?) -> JSON {
        ms.map { .string(Text(iso8601Ms: $0)) } ?? .null
    }
}
