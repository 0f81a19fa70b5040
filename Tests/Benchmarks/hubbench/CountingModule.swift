import JSON
import ModuleLinks

/// A module that counts what comes.
final class CountingModule: ModuleLink {
    var count = 0

    func deliver(_ delivery: Delivery) -> Bool {
        count += 1
        return true
    }

    func desired(_ patch: JSONObject, version: UInt64) {}

    func invoke(_ call: MethodCall) {}
}
