import CPOSIX
import JSON
import ModuleIdentities
import ModuleTwins

/// Two patches, in turns, reported to a twin: checked, merged, the size of the result counted.
struct MergeBench {
    /// Texts of JSON objects: what the twin has at first, and the patches.
    let twin: [UInt8]
    let patches: [[UInt8]]
    /// Each patch is first parsed from its text.
    let isParsed: Bool

    /// Returns `each NS`, or what went wrong.
    func run(_ rounds: Int) -> String {
        do throws(JSONError) {
            let parsed = [try object(patches[0]), try object(patches[1])]
            return try measure(try object(twin), parsed, rounds)
        } catch {
            return "not JSON"
        }
    }

    private func measure(_ properties: JSONObject, _ parsed: [JSONObject], _ rounds: Int) throws(JSONError) -> String {
        let time: Int64 = 1_795_400_947_123
        var twin = Twin(identity: ModuleIdentity(deviceID: "bench", moduleID: "module"), generation: 1, nowMs: time)
        do throws(TwinError) {
            _ = try twin.report(properties, nowMs: time)
        } catch {
            return error.reason.string
        }
        let start = MergeBench.now()
        for round in 0..<rounds {
            let patch = isParsed ? try object(patches[round & 1]) : parsed[round & 1]
            do throws(TwinError) {
                _ = try twin.report(patch, nowMs: time + Int64(round))
            } catch {
                return error.reason.string
            }
        }
        return "each \((MergeBench.now() - start) / UInt64(rounds))"
    }

    private func object(_ text: [UInt8]) throws(JSONError) -> JSONObject {
        try JSON.parse(text).object ?? JSONObject()
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
