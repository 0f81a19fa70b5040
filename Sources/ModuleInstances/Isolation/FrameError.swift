import JSON

/// Bytes that are no frames, or a frame that is not understood.
struct FrameError: Error, Equatable {
    let reason: Text

    init(_ reason: Text) {
        self.reason = reason
    }
}
