import JSON
import Messages
import UV

// Frames are appended in place. Nothing stands between them and the queue: one is written for every message.
extension ByteQueue {
    /// The beginning of a frame, of which more is appended.
    /// - Returns: for `endFrame`.
    func beginFrame(_ kind: UInt8) -> Int {
        let start = count
        number(0)
        byte(kind)
        return start
    }

    func byte(_ value: UInt8) {
        var writer = ByteWriter(room(for: 1))
        writer.byte(value)
        grow(by: 1)
    }

    func number(_ value: UInt32) {
        var writer = ByteWriter(room(for: 4))
        writer.number(value)
        grow(by: 4)
    }

    func longNumber(_ value: UInt64) {
        var writer = ByteWriter(room(for: 8))
        writer.longNumber(value)
        grow(by: 8)
    }

    /// With its length.
    func text(_ text: Text) {
        let size = 4 + text.utf8.count
        var writer = ByteWriter(room(for: size))
        writer.text(text)
        grow(by: size)
    }

    /// Up to the end of the frame.
    func rest(_ text: Text) {
        text.withBytes { append($0) }
    }

    /// Up to the end of the frame.
    func rest(_ json: JSON) {
        json.bytes().withUnsafeBytes { append($0) }
    }

    /// Up to the end of the frame.
    func rest(_ message: Message) {
        let size = MessageCodec.size(of: message)
        MessageCodec.write(message, to: room(for: size))
        grow(by: size)
    }

    /// The frame that began there is complete.
    func endFrame(_ start: Int) {
        set(start, UInt32(truncatingIfNeeded: count - start - 4))
    }
}
