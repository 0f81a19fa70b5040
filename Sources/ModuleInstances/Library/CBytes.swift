import CMartlet

extension martlet_bytes {
    /// Valid as long as the buffer is.
    init(_ buffer: UnsafeRawBufferPointer) {
        self.init(data: buffer.baseAddress, size: buffer.count)
    }

    /// nil: NULL with a size.
    var bytes: [UInt8]? {
        if size == 0 { return [] }
        guard let data else { return nil }
        return Array(UnsafeRawBufferPointer(start: data, count: size))
    }
}
