/// Code of the product that reads what others wrote, fed with any bytes: by libFuzzer (`Toolchain/fuzz NAME`), and in `swift test` with
/// the seeds and kept failures in `Tests/Fuzz/Corpus/NAME`.
public struct FuzzTarget: Sendable {
    /// Also the name of the folder of its corpus.
    public let name: String
    /// nil: all is as it must be; else what is not. A crash says enough by itself.
    public let fault: @Sendable ([UInt8]) -> String?

    /// All there are. A new one is a file beside this, a row here and a folder in `Corpus`.
    public static let all: [FuzzTarget] = [
        sas, twinPatch, twinTree, jsonTape, route, condition, mqtt, propertyBag, userName, httpRequest,
    ]
}
