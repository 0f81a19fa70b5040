/// What bounds one call.
public enum FFILimits {
    /// Parameters of one function: more than any C function that a person describes by hand.
    public static let parameters = 16
    /// Bytes of one string, byte buffer or output buffer: those of the largest message. (IoT Hub: 256 KB)
    public static let bytes = 262_144
    /// Members of one struct: what a person describes by hand.
    public static let members = 32
    /// Callbacks of one library: each keeps a page's part of executable memory.
    public static let callbacks = 16
}
