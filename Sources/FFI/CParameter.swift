public import JSON

/// A parameter of a C function as the manifest describes it: one value of JSON, one or two arguments of C.
public enum CParameter: Sendable, Equatable {
    /// How much of an output buffer is the result.
    public enum Length: Sendable {
        /// The whole capacity.
        case capacity
        /// As many bytes as the function returns.
        case returned
        /// The second C argument is a `size_t *`: the capacity before the call, the length after it.
        case pointer
    }

    /// Who writes what a pointer points to.
    public enum Direction: Sendable {
        case `in`
        case out
        case `inout`
    }

    /// A member of a struct.
    public struct Member: Sendable, Equatable {
        public var name: Text
        /// A scalar.
        public var type: CType

        public init(_ name: Text, _ type: CType) {
            self.name = name
            self.type = type
        }
    }

    /// By value; a string as a pointer to a copy that is gone after the call.
    case value(CType)
    /// `(const uint8_t *data, size_t length)`: a string in base64.
    case bytes
    /// `(uint8_t *data, size_t capacity)`: an output; base64 of what was written.
    case buffer(capacity: Int, length: Length)
    /// A pointer to a scalar.
    case pointer(CType, Direction)
    /// A pointer to a struct of scalars: an object.
    case structure([Member], Direction)
    /// Of callbacks: the `void *user` that goes with every callback. It is not part of the message.
    case user

    /// Whether the caller gives a value for it.
    public var isInput: Bool {
        switch self {
        case .value, .bytes: true
        case .buffer, .user: false
        case .pointer(_, let direction), .structure(_, let direction): direction != .out
        }
    }

    /// Whether the call has a value of it when it is done.
    public var isOutput: Bool {
        switch self {
        case .value, .bytes, .user: false
        case .buffer: true
        case .pointer(_, let direction), .structure(_, let direction): direction != .in
        }
    }

    /// What lies behind the pointer; nil for other parameters. A single scalar is a member without a name.
    var pointed: [Member]? {
        switch self {
        case .pointer(let type, _): [Member("", type)]
        case .structure(let members, _): members
        default: nil
        }
    }

    /// Why it cannot be a parameter, to be put behind its name; nil: it can.
    func problem(returns: CType, inCallback: Bool) -> Text? {
        switch self {
        case .value(.void): return "is void: leave it out"
        case .user where !inCallback: return "is user, which only the arguments of callbacks hold"
        case .buffer(let capacity, let length):
            if inCallback { return "is a buffer, which a callback cannot fill; use bytes for what the library gives" }
            if capacity < 1 || capacity > FFILimits.bytes {
                return "is a buffer of \(capacity) bytes; it has from 1 to \(FFILimits.bytes)"
            }
            if length == .returned && !returns.isInteger {
                return "has the length that the function returns, but that returns \(returns.name); use an integer type"
            }
        default:
            if inCallback && isOutput { return "is written by the callback, which only reads; use the direction in" }
        }
        guard let pointed else { return nil }
        if pointed.isEmpty || pointed.count > FFILimits.members {
            return "is a struct of \(pointed.count) members; it has from 1 to \(FFILimits.members)"
        }
        for member in pointed where !member.type.isScalar {
            return "points to \(member.type.name); only numbers and bool can be pointed to"
        }
        return nil
    }
}
