import CJansson
import CPOSIX

extension JSON {
    /// The deepest nesting of arrays and objects that is read. Values are compared, printed and released by recursion, also on
    /// threads with small stacks; IoT Hub allows twins 10 levels, and a manifest around one has 6 more.
    public static let maximumDepth = 100

    /// 32 MiB for the values of one text: a twin or a message has far less, and it is half of what the smallest boards have. Own limit.
    public static let mostMemory = 32 << 20
    /// No text of so many bytes comes near it.
    private static let weightlessBytes = 64 << 10

    /// Reads one JSON value (RFC 8259); white space may stand around it, nothing else.
    ///
    /// Integers are exact within Int64 and refused beyond; numbers with a fraction or exponent become `number`. A key that comes
    /// twice in an object is an error, so is what is not UTF-8 and nesting beyond `maximumDepth`. Callers bound the text.
    /// - Parameter memory: bytes that its values may take while it is read, up to a hundred times the text.
    public static func parse(_ bytes: UnsafeRawBufferPointer, memory: Int = mostMemory) throws(JSONError) -> JSON {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            throw JSONError(at: 0, of: bytes, "the text is empty: a JSON value is expected")
        }
        if bytes.count > weightlessBytes {
            let weight = JSONWeight(of: bytes)
            guard weight.depth <= maximumDepth else { throw JSONError(tooDeepIn: bytes) }
            guard weight.bytes <= memory else { throw JSONError(tooHeavy: weight.bytes, memory, bytes) }
        }
        var error = json_error_t()
        let flags = Int(JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL)
        guard let root = json_loadb(base.assumingMemoryBound(to: CChar.self), bytes.count, flags, &error) else {
            throw JSONError(error, in: bytes)
        }
        defer { json_decref(root) }
        // jansson loses one that stands directly behind a number or a word.
        if let zero = memchr(base, 0, bytes.count) {
            throw JSONError(at: zero - UnsafeMutableRawPointer(mutating: base), of: bytes, JSONError.zero)
        }
        guard let value = JSON(root, depth: 0) else { throw JSONError(tooDeepIn: bytes) }
        return value
    }

    /// Reads one JSON value; see `parse(_:)` of a raw buffer.
    @inline(never)
    public static func parse(_ bytes: [UInt8], memory: Int = mostMemory) throws(JSONError) -> JSON {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try JSON.parse(buffer, memory: memory) }
        }
        return try result.get()
    }

    /// Reads one JSON value; see `parse(_:)` of a raw buffer.
    public static func parse(_ text: String) throws(JSONError) -> JSON {
        let result = Text(text).withBytes { buffer in
            Result { () throws(JSONError) in try JSON.parse(buffer) }
        }
        return try result.get()
    }

    /// Our value of jansson's; nil if it is nested too deeply.
    private init?(_ value: UnsafeMutablePointer<json_t>, depth: Int) {
        switch value.pointee.type {
        case JSON_TRUE: self = .bool(true)
        case JSON_FALSE: self = .bool(false)
        case JSON_INTEGER: self = .integer(json_integer_value(value))
        case JSON_REAL: self = .number(json_real_value(value))
        case JSON_STRING: self = .string(Text(cString: json_string_value(value), count: json_string_length(value)))
        case JSON_ARRAY:
            guard depth < JSON.maximumDepth else { return nil }
            let count = json_array_size(value)
            var elements: [JSON] = []
            elements.reserveCapacity(count)
            for index in 0..<count {
                guard let child = json_array_get(value, index), let element = JSON(child, depth: depth + 1) else { return nil }
                elements.append(element)
            }
            self = .array(elements)
        case JSON_OBJECT:
            guard depth < JSON.maximumDepth else { return nil }
            var members: [JSONObject.Member] = []
            members.reserveCapacity(json_object_size(value))
            var iterator = json_object_iter(value)
            while let member = iterator {
                guard let child = json_object_iter_value(member), let element = JSON(child, depth: depth + 1) else { return nil }
                let key = Text(cString: json_object_iter_key(member), count: json_object_iter_key_len(member))
                members.append(JSONObject.Member(key: key, value: element))
                iterator = json_object_iter_next(value, member)
            }
            self = .object(JSONObject(members: members))
        default: self = .null
        }
    }
}

extension Text {
    /// A copy of a C string of known length.
    fileprivate init(cString: UnsafePointer<CChar>?, count: Int) {
        self.init(utf8: UnsafeRawBufferPointer(start: cString, count: cString == nil ? 0 : count))
    }
}
