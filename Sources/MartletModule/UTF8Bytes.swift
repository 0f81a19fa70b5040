extension String {
    /// The UTF-8 bytes as an array. Not inlined: each place that walks `utf8` itself costs an Embedded module about a kilobyte.
    @inline(never) var utf8Bytes: [UInt8] { [UInt8](utf8) }
}
