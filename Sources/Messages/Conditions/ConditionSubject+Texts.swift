import CPOSIX
import JSON

// Functions of texts. Lengths and places are those of UTF-16.
extension ConditionSubject {
    func search(_ operation: ConditionInstruction.Operation, _ text: UTF16Text.Bytes, _ part: UTF16Text.Bytes) -> ConditionValue {
        switch operation {
        case .startsWith: return ConditionValue(UTF16Text.starts(text, with: part))
        case .endsWith: return ConditionValue(UTF16Text.ends(text, with: part))
        default:
            let place = UTF16Text.find(part, in: text)
            if operation == .contains { return ConditionValue(place >= 0) }
            return ConditionValue(place < 0 ? -1 : Double(UTF16Text.count(UTF16Text.Bytes(rebasing: text[..<place]))))
        }
    }

    /// Undefined: beyond the text, or through the middle of a character. With a length, it begins before the end, as in IoT Edge.
    /// - Parameter length: nil: to the end. Fractions are cut off.
    func substring(_ text: ConditionValue, _ start: ConditionValue, _ length: ConditionValue?) -> ConditionValue {
        guard text.kind == .text, start.kind == .number, start.number >= 0 else { return .undefined }
        let count = Double(UTF16Text.count(text.text))
        guard start.number <= count else { return .undefined }
        if let length {
            guard length.kind == .number, length.number >= 0, start.number < count, length.number <= count - start.number else {
                return .undefined
            }
            // Nothing is no half of a character, wherever it begins.
            if length.number < 1 { return self.text(UTF16Text.Bytes(rebasing: text.text[..<0])) }
        }
        guard let from = UTF16Text.offset(of: Int(start.number), in: text.text) else { return .undefined }
        let rest = UTF16Text.Bytes(rebasing: text.text[from...])
        guard let length else { return self.text(rest) }
        guard let to = UTF16Text.offset(of: Int(length.number), in: rest) else { return .undefined }
        return self.text(UTF16Text.Bytes(rebasing: rest[..<to]))
    }

    func concat(_ values: UnsafeBufferPointer<ConditionValue>) -> ConditionValue {
        var count = 0
        for value in values {
            guard value.kind == .text else { return .undefined }
            count += value.text.count
        }
        guard let copy = take(count) else { return .undefined }
        var end = copy
        for value in values {
            if let base = value.text.baseAddress { memcpy(end, base, value.text.count) }
            end += value.text.count
        }
        return ConditionValue(UTF16Text.Bytes(start: copy, count: count))
    }

    /// Character by character, as .NET's invariant culture: nothing becomes two, and both i of Turkish stay.
    func changedCase(of value: ConditionValue, toUpper: Bool) -> ConditionValue {
        guard value.kind == .text else { return .undefined }
        let text = value.text
        // The other case of a character of two bytes has three at most.
        let room = text.count + text.count / 2
        guard let copy = take(room) else { return .undefined }
        var end = 0
        var place = 0
        while place < text.count {
            let byte = text[place]
            if byte < 0x80 {
                copy[end] = toUpper ? UTF16Text.uppercased(byte) : ASCII.lowercased(byte)
                (place, end) = (place + 1, end + 1)
                continue
            }
            let (scalar, length) = UTF16Text.scalar(at: place, of: text)
            place += length
            let changed = self.changedCase(of: scalar, toUpper: toUpper)
            guard let utf8 = Unicode.Scalar(changed).flatMap({ UTF8.encode($0) }), utf8.count <= length + length / 2 else {
                return .undefined
            }
            for byte in utf8 {
                copy[end] = byte
                end += 1
            }
        }
        memory.giveBack(room - end)
        return ConditionValue(UTF16Text.Bytes(start: copy, count: end))
    }

    private func changedCase(of scalar: UInt32, toUpper: Bool) -> UInt32 {
        if scalar == 0x130 || scalar == 0x131 { return scalar }
        guard let letters else { return scalar }
        return UInt32(toUpper ? towupper_l(wint_t(scalar), letters) : towlower_l(wint_t(scalar), letters))
    }
}
