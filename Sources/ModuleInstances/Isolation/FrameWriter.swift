import JSON
import Messages
import UV

/// Appends one frame to a queue.
struct FrameWriter {
    private let queue: ByteQueue
    private let start: Int

    init(_ kind: UInt8, to queue: ByteQueue) {
        self.queue = queue
        start = queue.count
        number(0)
        byte(kind)
    }

    func byte(_ value: UInt8) {
        var writer = ByteWriter(queue.room(for: 1))
        writer.byte(value)
        queue.grow(by: 1)
    }

    func number(_ value: UInt32) {
        var writer = ByteWriter(queue.room(for: 4))
        writer.number(value)
        queue.grow(by: 4)
    }

    func longNumber(_ value: UInt64) {
        var writer = ByteWriter(queue.room(for: 8))
        writer.longNumber(value)
        queue.grow(by: 8)
    }

    /// With its length.
    func text(_ text: Text) {
        let size = 4 + text.utf8.count
        var writer = ByteWriter(queue.room(for: size))
        writer.text(text)
        queue.grow(by: size)
    }

    /// Up to the end of the frame.
    func rest(_ text: Text) {
        text.withBytes { queue.append($0) }
    }

    /// Up to the end of the frame.
    func rest(_ json: JSON) {
        json.bytes().withUnsafeBytes { queue.append($0) }
    }

    /// Up to the end of the frame.
    func rest(_ message: Message) {
        let size = MessageCodec.size(of: message)
        MessageCodec.write(message, to: queue.room(for: size))
        queue.grow(by: size)
    }

    /// The frame is complete.
    func end() {
        let length = queue.count - start - 4
        for place in 0..<4 { queue.set(start + place, UInt8(truncatingIfNeeded: length >> (8 * place))) }
    }
}
