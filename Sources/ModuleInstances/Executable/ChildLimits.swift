import CPOSIX
import Deployment
import JSON

/// What a child of the host may use, as an argument of its command line: the child sets it before anything of the module runs.
public struct ChildLimits {
    private var values: [UInt64]
    /// Of this process as it was started; 0: not changed since.
    nonisolated(unsafe) private static var ownDescriptors: UInt64 = 0
    /// Enough for some thousand instances.
    private static let wantedDescriptors: UInt64 = 65536

    /// Hundreds of instances need more descriptors than programs may have open by default. Children get the default back.
    public static func raiseDescriptors() {
        ownDescriptors = UInt64(martlet_raise_descriptors(wantedDescriptors))
    }

    init(_ limits: ProcessLimits?) {
        values = [Self.ownDescriptors, limits?.memory ?? 0, limits?.files ?? 0, limits?.cpuSeconds ?? 0]
    }

    /// nil: not what `argument` says.
    init?(argument: String) {
        values = [0]
        for byte in argument.utf8 {
            if byte == UInt8(ascii: ",") {
                values.append(0)
            } else {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                values[values.count - 1] = values[values.count - 1] &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
            }
        }
        guard values.count == 4 else { return nil }
    }

    /// Four numbers, 0 for no limit.
    var argument: String { "\(values[0]),\(values[1]),\(values[2]),\(values[3])" }

    /// For this process and those that it starts.
    func apply() {
        martlet_limit_descriptors(values[0], 0)
        if values[1] > 0 { martlet_limit_data(values[1]) }
        if values[2] > 0 { martlet_limit_descriptors(values[2], values[2]) }
        // SIGXCPU says what it was; who goes on all the same gets SIGKILL a second later.
        if values[3] > 0 { martlet_limit_processor(values[3], values[3] + 1) }
    }
}
