import CMartlet
import JSON
import Messages
import ModuleLinks

/// What the hub says of each message, as C strings. They are kept from one message to the next: most come from the same sender, and many
/// in the same millisecond.
struct HubProperties: ~Copyable {
    /// Device, time and sender; the last is left out where there is none.
    private let list: UnsafeMutablePointer<martlet_property>
    private let device: UnsafeMutablePointer<UInt8>
    private let time: UnsafeMutablePointer<UInt8>
    private var timeMs: Int64?
    private var sender: UnsafeMutablePointer<UInt8>
    private var senderName: Text = ""

    init(device name: Text) {
        device = Self.copy(name)
        sender = Self.copy("")
        time = .allocate(capacity: TimeText.iso8601Count + 1)
        time[TimeText.iso8601Count] = 0
        list = .allocate(capacity: 3)
        list[0] = Self.property("connectionDeviceId", device)
        list[1] = Self.property("enqueuedTime", time)
        list[2] = Self.property("connectionModuleId", sender)
    }

    deinit {
        list.deallocate()
        device.deallocate()
        time.deallocate()
        sender.deallocate()
    }

    /// Of this delivery, as `Delivery.systemProperties` has them; valid until the next call.
    mutating func list(of delivery: Delivery) -> UnsafeBufferPointer<martlet_property> {
        if delivery.enqueuedMs != timeMs {
            TimeText.writeISO8601(delivery.enqueuedMs, to: time)
            timeMs = delivery.enqueuedMs
        }
        let module = delivery.message.module
        if module != senderName { setSender(module) }
        return UnsafeBufferPointer(start: list, count: module.isEmpty ? 2 : 3)
    }

    @inline(never)
    private mutating func setSender(_ module: Text) {
        sender.deallocate()
        sender = Self.copy(module)
        senderName = module
        list[2] = Self.property("connectionModuleId", sender)
    }

    private static func property(_ name: StaticString, _ value: UnsafeMutablePointer<UInt8>) -> martlet_property {
        martlet_property(name: name.cString, value: UnsafeRawPointer(value).assumingMemoryBound(to: CChar.self))
    }

    /// Ends with NUL.
    private static func copy(_ text: Text) -> UnsafeMutablePointer<UInt8> {
        let count = text.utf8.count
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 1)
        text.withBytes { UnsafeMutableRawBufferPointer(start: copy, count: count).copyMemory(from: $0) }
        copy[count] = 0
        return copy
    }
}

extension StaticString {
    /// It ends with NUL, as all of these do.
    fileprivate var cString: UnsafePointer<CChar> { UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self) }
}
