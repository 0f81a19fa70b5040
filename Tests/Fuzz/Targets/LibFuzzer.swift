import Foundation

/// The target that this process fuzzes.
private let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["MARTLET_FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        fatalError("MARTLET_FUZZ_TARGET is '\(name)'; known: \(FuzzTarget.all.map(\.name).joined(separator: " "))")
    }
    return target
}()

/// What libFuzzer calls for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    if let fault = target.fault(Array(UnsafeBufferPointer(start: bytes, count: count))) { fatalError(fault) }
    return 0
}
