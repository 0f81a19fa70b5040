import HTTP
import JSON

/// A stream that turns into a response only once the device has not refused: what is written before is kept until then.
final class LaterStream {
    let body: ResponseStream
    private let state: State

    private final class State {
        var target: ResponseStream?
        var early: [UInt8] = []
        var hasEnded = false
    }

    private let call: RouteCall
    private let contentType: Text

    init(_ call: RouteCall, contentType: Text) {
        let state = State()
        self.state = state
        self.call = call
        self.contentType = contentType
        body = ResponseStream(
            send: { bytes in
                if let target = state.target { return target.write(bytes) }
                state.early += bytes
                return true
            },
            finish: {
                state.hasEnded = true
                state.target?.end()
            })
    }

    /// The device has taken the stream.
    func begin() {
        let target = call.responder.stream(headers: ["Content-Type": contentType])
        state.target = target
        let body = body
        if !state.early.isEmpty { target.write(state.early) }
        state.early = []
        if state.hasEnded { return target.end() }
        if target.isClosed { return body.close() }
        target.onClose = { body.close() }
    }

    func refuse(_ error: ControlError) {
        body.close()
        call.answer(error)
    }
}
