import JSON
import RouteModels

extension FuzzTarget {
    /// Bytes as JSON: the tape, a slow model and the parser say the same of them, and of every value in them. As UTF-16 and UTF-32 too.
    static let jsonTape = FuzzTarget(name: "json-tape") { bytes in
        let tape = JSONTape()
        let model = JSONModel(bytes)
        // Twice: it is used again and again.
        for _ in 0..<2 {
            if let fault = fault(tape, bytes.withUnsafeBytes { tape.read($0) }, model) { return fault }
        }
        do throws(JSONError) {
            let value = try JSON.parse(bytes)
            guard let model, isSame(value, model) else { return "the parser reads \(value.text)" }
        } catch {
            let isOnlyOurs = ["comes twice", "out of range", "\\u0000"].contains { error.reason.contains($0) }
            if model != nil && !isOnlyOurs { return "the parser refuses it: \(error)" }
        }
        return fault(tape, bytes.withUnsafeBytes { tape.read(utf16: $0) }, EncodedText(bytes).utf16.flatMap { JSONModel($0) })
            ?? fault(tape, bytes.withUnsafeBytes { tape.read(utf32: $0) }, EncodedText(bytes).utf32.flatMap { JSONModel($0) })
    }

    private static func fault(_ tape: JSONTape, _ isRead: Bool, _ model: JSONModel?) -> String? {
        guard isRead == (model != nil) else { return isRead ? "read, and it is not JSON" : "refused, and it is JSON" }
        return model.flatMap { fault(tape, JSONTape.root, $0) }
    }

    /// What is at a place of the tape differs.
    private static func fault(_ tape: JSONTape, _ place: Int, _ model: JSONModel) -> String? {
        switch (model, tape.kind(of: place)) {
        case (.null, .null), (.bool(false), .false), (.bool(true), .true): return nil
        case (.number(let number), .number): return tape.number(at: place) == number ? nil : "\(number) is \(tape.number(at: place))"
        case (.string(let string), .string):
            return tape.string(at: place).elementsEqual(utf8(string)) ? nil : "\(utf8(string)) is \(Array(tape.string(at: place)))"
        case (.array(let elements), .array):
            guard tape.element(elements.count, of: place) == nil else { return "an element too many" }
            for (index, element) in elements.enumerated() {
                guard let child = tape.element(index, of: place) else { return "an element is missing" }
                if let fault = fault(tape, child, element) { return fault }
            }
            return nil
        case (.object(let members), .object):
            for member in members {
                guard let child = utf8(member.key).withUnsafeBytes({ tape.member($0, of: place) }) else { return "a member is missing" }
                guard let last = members.last(where: { $0.key == member.key }) else { continue }
                if let fault = fault(tape, child, last.value) { return fault }
            }
            return nil
        default: return "\(model) is of kind \(tape.kind(of: place))"
        }
    }

    private static func utf8(_ units: [UInt16]) -> [UInt8] { Array(String(decoding: units, as: UTF16.self).utf8) }

    private static func isSame(_ value: JSON, _ model: JSONModel) -> Bool {
        switch (value, model) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .number(let right)): Double(left) == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.bytes == utf8(right)
        case (.array(let left), .array(let right)): left.count == right.count && zip(left, right).allSatisfy(isSame)
        case (.object(let left), .object(let right)):
            left.count == right.count
                && right.allSatisfy { member in
                    left[Text(utf8: utf8(member.key))].map { isSame($0, member.value) } ?? false
                }
        default: false
        }
    }
}
