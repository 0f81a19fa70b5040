import CMbedTLS

/// Random bytes for keys and serial numbers.
public enum RandomBytes {
    /// Waits for the system's randomness in the first seconds of a board's first start.
    public static func make(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let result = martlet_random(nil, buffer.baseAddress, count)
            precondition(result == 0, "getrandom is in every kernel that is supported")
            filled = count
        }
    }
}
