import CPOSIX
import JSON

// Application and system properties.
extension ConditionSubject {
    /// - Parameters:
    ///   - name: as it is written.
    ///   - small: the same in small letters.
    @inline(__always)
    func property(_ name: Text, _ small: UTF16Text.Bytes) -> Text? {
        ConditionSubject.value(of: name, small, in: properties)
    }

    /// See `property`.
    func systemProperty(_ name: Text, _ small: UTF16Text.Bytes) -> Text? {
        message.flatMap { ConditionSubject.value(of: name, small, in: $0.systemProperties) }
    }

    @inline(never)
    private static func value(of name: Text, _ small: UTF16Text.Bytes, in properties: [MessageProperty]) -> Text? {
        properties.withUnsafeBufferPointer { properties in
            // Short names, written alike: two words are compared.
            for index in properties.indices where properties[index].name.string._isIdentical(to: name.string) {
                return properties[index].value
            }
            for index in properties.indices where properties[index].name.utf8.count == small.count {
                if isSame(properties[index].name, small) { return properties[index].value }
            }
            return nil
        }
    }

    /// Of as many bytes; letters of ASCII without their case.
    private static func isSame(_ text: Text, _ name: UTF16Text.Bytes) -> Bool {
        text.withBytes { bytes in
            for index in name.indices where ASCII.lowercased(bytes[index]) != name[index] { return false }
            return true
        }
    }

    /// A text as a value; undefined where there is none.
    func value(_ text: Text?) -> ConditionValue {
        guard let text else { return .undefined }
        let count = text.utf8.count
        guard let copy = take(count) else { return .undefined }
        text.withBytes { if let base = $0.baseAddress { memcpy(copy, base, count) } }
        return ConditionValue(UTF16Text.Bytes(start: copy, count: count))
    }

    /// A text in the message, the condition or the memory as a value.
    @inline(__always)
    func text(_ bytes: UTF16Text.Bytes) -> ConditionValue {
        spend(bytes.count) ? ConditionValue(bytes) : .undefined
    }

    /// Memory for a text; nil: there is no more for this evaluation, which then has no result.
    func take(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
        guard spend(count) else { return nil }
        if let place = memory.take(count) { return place }
        work = -1
        return nil
    }

    /// Every text on the stack is looked at once: what is put there is paid for.
    @inline(__always)
    func spend(_ bytes: Int) -> Bool {
        work -= bytes
        return work >= 0
    }
}
