/// A response body that is written while things happen: log lines, monitored messages.
///
/// The writer holds the stream and sets `onClose` to be told when the reader has left; then it lets go of it. A reader that
/// does not keep up is cut off rather than waited for: see `write`.
public final class ResponseStream {
    /// The reader has left, was cut off, or `end` was called: nothing is written any more.
    public private(set) var isClosed = false

    /// Called once when the stream closes for any other reason than `end`.
    public var onClose: (() -> Void)?

    private var send: (([UInt8]) -> Bool)?
    private var finish: (() -> Void)?

    /// - Parameters:
    ///   - send: passes bytes to the connection; false cuts the reader off.
    ///   - finish: the body is complete.
    public init(send: @escaping ([UInt8]) -> Bool, finish: @escaping () -> Void) {
        self.send = send
        self.finish = finish
    }

    /// Writes bytes. Where a reader leaves more than the server's limit (1 MB) unread, it is cut off.
    /// - Returns: false where the stream is closed, now or before.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool {
        guard let send else { return false }
        if send(bytes) { return true }
        close()
        return false
    }

    /// Ends the body in good order.
    public func end() {
        guard let finish else { return }
        detach()
        finish()
    }

    /// The reader is gone.
    func close() {
        guard !isClosed else { return }
        let told = onClose
        detach()
        told?()
    }

    private func detach() {
        isClosed = true
        send = nil
        finish = nil
        onClose = nil
    }
}
