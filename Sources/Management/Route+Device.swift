import HTTP
import JSON

extension Route {
    /// What the device says of itself, beside its service API.
    static func device(_ device: any DeviceControl) -> [Route] {
        [
            Route(.get, "/systeminfo") { call in call.answer(.object(device.systemInfo())) },
            Route(.get, "/trust-bundle") { call in
                switch device.trustBundle() {
                case .success(let certificate): call.answer(["certificate": .string(certificate)])
                case .failure(let error): call.answer(error)
                }
            },
            Route(.get, "/device") { call in call.answer(.object(device.device())) },
            Route(.get, "/device/modules") { call in call.answer(.array(device.modules().map { .object($0) })) },
            Route(.get, "/queues") { call in call.answer(.array(device.queues().map { .object($0) })) },
            Route(.get, "/queues/modules") { call in call.answer(.array(device.traffic().map { .object($0) })) },
        ]
    }
}
