import JSON
import Messages

/// The topic of the message that was delivered last, with what it was made of: the next one of the same sender, input and properties
/// has the same.
struct DeliveryTopic {
    private var sender: Text = ""
    private var input: Text = ""
    private var properties: [MessageProperty] = []
    private var systemProperties: [MessageProperty] = []
    /// Empty: there is none yet.
    private(set) var bytes: [UInt8] = []
    /// At which it is sent.
    private(set) var quality: UInt8 = 0

    init() {}

    init(_ message: Message, input: Text, bytes: [UInt8], quality: UInt8) {
        sender = message.module
        self.input = input
        properties = message.properties
        systemProperties = message.systemProperties
        self.bytes = bytes
        self.quality = quality
    }

    /// Whether it is that of this message.
    func isOf(_ message: Message, input: Text) -> Bool {
        !bytes.isEmpty && sender == message.module && self.input == input && Self.isSame(properties, message.properties)
            && Self.isSame(systemProperties, message.systemProperties)
    }

    /// Messages of one topic share their properties, which is seen without looking at them.
    @inline(__always)
    private static func isSame(_ left: [MessageProperty], _ right: [MessageProperty]) -> Bool {
        if left.count != right.count { return false }
        if left.isEmpty { return true }
        let isOne = left.withUnsafeBufferPointer { left in right.withUnsafeBufferPointer { left.baseAddress == $0.baseAddress } }
        return isOne || left == right
    }
}
