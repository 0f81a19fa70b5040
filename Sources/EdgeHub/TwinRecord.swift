import JSON
import ModuleTwins

/// A twin as it is stored: with what the manifest last said it shall be.
struct TwinRecord: Sendable, Equatable {
    var twin: Twin
    /// The manifest is applied where it differs from this. (contract section 1)
    var manifestDesired: JSONObject
}
