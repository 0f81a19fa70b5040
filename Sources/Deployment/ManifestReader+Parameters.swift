import FFI
import JSON

// Types of C: words for values, objects for what lies behind a pointer.
extension ManifestReader {
    private static let typeNoun: Text = "a C type"

    static func parameterList(_ cursor: ManifestCursor, inCallback: Bool = false) -> [CParameter]? {
        guard let elements = cursor.array(max: FFILimits.parameters) else { return nil }
        let parameters = elements.compactMap { parameter($0, inCallback: inCallback) }
        return parameters.count == elements.count ? parameters : nil
    }

    /// What a function returns.
    static func result(_ cursor: ManifestCursor) -> CType? {
        cursor.index(typeNoun, CType.names).flatMap { CType(rawValue: UInt32($0)) }
    }

    private static func parameter(_ cursor: ManifestCursor, inCallback: Bool) -> CParameter? {
        guard cursor.value.object != nil else { return word(cursor, inCallback: inCallback) }
        let names: [Text] = ["buffer", "length", "struct", "pointer", "direction"]
        guard let object = cursor.object("a type", only: names) else { return nil }
        let forms: [Text] = ["buffer", "struct", "pointer"].filter { object.optional($0) != nil }
        guard forms.count == 1 else {
            // One that is misspelt is reported already.
            if !object.json.members.contains(where: { !names.contains($0.key) }) {
                cursor.error(
                    "the object must hold one of buffer, struct and pointer, and holds \(forms.isEmpty ? "none" : forms.listed(last: "and"))"
                )
            }
            return nil
        }
        if let capacity = object.optional("buffer") { return buffer(capacity, object) }
        object.optional("length")?.error("\"length\" belongs to a buffer, and this is none; remove it")
        let direction = object.optional("direction").map(direction) ?? .in
        guard let direction else { return nil }
        if let type = object.optional("pointer") { return scalar(type).map { .pointer($0, direction) } }
        guard let members = object.optional("struct")?.object()?.members else { return nil }
        let read = members.compactMap { name, type in scalar(type).map { CParameter.Member(name, $0) } }
        return read.count == members.count ? .structure(read, direction) : nil
    }

    private static func word(_ cursor: ManifestCursor, inCallback: Bool) -> CParameter? {
        if cursor.value == "void" {
            cursor.error("\"void\" is not the type of an argument; use [] for no arguments")
            return nil
        }
        let values = CType.names.dropLast()
        let names = Array(values + ["bytes", "user"])
        guard let index = cursor.index(typeNoun, inCallback ? names : Array(names.dropLast())) else { return nil }
        if index >= values.count { return index == values.count ? .bytes : .user }
        return CType(rawValue: UInt32(index)).map { .value($0) }
    }

    private static func scalar(_ cursor: ManifestCursor) -> CType? {
        cursor.index("a C type that is a number or bool", Array(CType.names.dropLast(2))).flatMap { CType(rawValue: UInt32($0)) }
    }

    private static func direction(_ cursor: ManifestCursor) -> CParameter.Direction? {
        cursor.index("a direction", ["in", "out", "inout"]).map { [.in, .out, .inout][$0] }
    }

    private static func buffer(_ capacity: ManifestCursor, _ object: ManifestObject) -> CParameter? {
        object.optional("direction")?.error("a buffer is always written by the function; remove the direction, or use bytes to give some")
        let bytes = capacity.integer(1...Int64(FFILimits.bytes))
        guard let length = object.optional("length") else { return bytes.map { .buffer(capacity: Int($0), length: .capacity) } }
        guard let index = length.index("the length of a buffer", ["returns", "pointer"]), let bytes else { return nil }
        return .buffer(capacity: Int(bytes), length: index == 0 ? .returned : .pointer)
    }
}
