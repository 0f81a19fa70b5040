import CPOSIX
public import JSON

/// A message as conditions see it, with memory that is used again for the next one: a hub has one of them.
///
/// Between `begin` and `end` any number of conditions may be asked; the body is parsed once, when the first of them needs it. It
/// belongs to one thread.
public final class ConditionSubject {
    /// What is known of the body.
    enum Body {
        case unread
        case read
        /// Its content type or encoding says that it is not JSON, or it is not, or it is no object.
        case useless
    }

    let deviceID: Text
    private(set) var message: Message?
    private(set) var enqueuedMs: Int64 = 0
    var properties: [MessageProperty] = []
    var body = Body.unread
    let tape = JSONTape()
    var memory = ConditionMemory()
    /// Bytes of texts that operators may still look at.
    var work = 0
    let stack: UnsafeMutablePointer<ConditionValue>
    private var locale: locale_t?
    private var isLocaleKnown = false

    /// - Parameter deviceID: what `$connectionDeviceId` is, but of messages of downstream devices.
    public init(deviceID: Text) {
        self.deviceID = deviceID
        stack = .allocate(capacity: ConditionLimits.stack)
        stack.initialize(repeating: .undefined, count: ConditionLimits.stack)
    }

    deinit {
        memory.free()
        stack.deallocate()
        if let locale { freelocale(locale) }
    }

    /// What follows is asked of this message.
    /// - Parameter enqueuedMs: when the hub accepted it, wall clock, ms since 1970.
    public func begin(_ message: Message, enqueuedMs: Int64) {
        properties = message.properties
        self.message = message
        self.enqueuedMs = enqueuedMs
        body = .unread
    }

    /// Lets the message go.
    public func end() {
        if body != .unread { tape.clear() }
        memory.reset()
        properties = []
        message = nil
    }

    /// The locale that knows letters beyond ASCII; nil: the system has none.
    var letters: locale_t? {
        if !isLocaleKnown {
            isLocaleKnown = true
            locale = martlet_unicode_locale()
        }
        return locale
    }
}
