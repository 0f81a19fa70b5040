import JSON

// Values of the body.
extension ConditionSubject {
    /// The value that a path leads to: null where nothing is, undefined where an object or array is, or where the body is not JSON.
    func value(of path: ArraySlice<ConditionProgram.Step>, _ text: (Int) -> UTF16Text.Bytes) -> ConditionValue {
        if body == .unread { body = readBody() ? .read : .useless }
        // Of an object, all keys are compared: the last of several that are alike counts.
        guard body == .read, spend((message?.bodyCount ?? 0) / 4) else { return .undefined }
        var place = JSONTape.root
        for step in path {
            let next: Int? =
                switch step {
                case .member(let name): tape.member(UnsafeRawBufferPointer(text(name)), of: place)
                case .element(let index): tape.element(index, of: place)
                }
            guard let next else { return .null }
            place = next
        }
        switch tape.kind(of: place) {
        case .null: return .null
        case .true: return ConditionValue(true)
        case .false: return ConditionValue(false)
        case .number: return ConditionValue(tape.number(at: place))
        case .string: return self.text(tape.string(at: place).bindMemory(to: UInt8.self))
        case .array, .object: return .undefined
        }
    }

    /// Only an object in JSON, whose sender says that it is JSON and how it is encoded.
    private func readBody() -> Bool {
        guard let message, let type = message.systemProperty("contentType"), ASCII.equalIgnoringCase(type, "application/json"),
            let encoding = message.systemProperty("contentEncoding")
        else { return false }
        let isRead: Bool
        if ASCII.equalIgnoringCase(encoding, "utf-8") {
            isRead = message.withBody { tape.read($0) }
        } else if ASCII.equalIgnoringCase(encoding, "utf-16") {
            isRead = message.withBody { tape.read(utf16: $0) }
        } else if ASCII.equalIgnoringCase(encoding, "utf-32") {
            isRead = message.withBody { tape.read(utf32: $0) }
        } else {
            return false
        }
        return isRead && tape.kind(of: JSONTape.root) == .object
    }
}
