public import JSON

/// Which names IoT Hub and its deployment manifests allow. Each function returns nil for a good name, else what is wrong and what
/// would be right, for messages.
public enum IdentifierRules {
    /// Bytes of a device id, module id or generation id. (IoT Hub: identity registry)
    public static let maximumIdentifierLength = 128

    /// Bytes of an input or output name. IoT Hub names no limit; MQTT topics that carry them end at 65535 bytes, and the names of
    /// files and queues made of them at 255.
    public static let maximumEndpointNameLength = 200

    /// Bytes of the name of a direct method. (IoT Hub: direct methods)
    public static let maximumMethodNameLength = 100

    /// A device id: 1 to 128 of the ASCII letters, digits and `- . + % _ # * ? ! ( ) , = @ $ '`. (IoT Hub: identity registry)
    public static func problem(inDeviceID id: Text) -> Text? {
        problem(in: id, noun: "a device id", limit: maximumIdentifierLength, allowed: identifier) {
            "ASCII letters, digits and - . + % _ # * ? ! ( ) , = @ $ '"
        }
    }

    /// A module id as the cloud makes it: the same set as for devices. `$edgeAgent` and `$edgeHub` are such ids.
    public static func problem(inModuleID id: Text) -> Text? {
        problem(in: id, noun: "a module id", limit: maximumIdentifierLength, allowed: identifier) {
            "ASCII letters, digits and - . + % _ # * ? ! ( ) , = @ $ '"
        }
    }

    /// The name of a module in a manifest: 1 to 128 of the ASCII letters, digits, `-` and `_`. (deployment schema 2.0)
    public static func problem(inModuleName name: Text) -> Text? {
        problem(in: name, noun: "a module name", limit: maximumIdentifierLength, allowed: moduleName) {
            "ASCII letters, digits, - and _"
        }
    }

    /// The name of an input or output: 1 to 200 bytes without `/`, `#`, `+` and control characters, so that it is one segment of a
    /// route and of an MQTT topic. (MQTT 3.1.1 section 4.7)
    public static func problem(inEndpointName name: Text) -> Text? {
        problem(in: name, noun: "the name of an input or output", limit: maximumEndpointNameLength, allowed: endpointName) {
            "anything but / # + and control characters"
        }
    }

    /// The name of a direct method: 1 to 100 printable ASCII characters without the space and `$ ( ) < > @ , ; : \ " / [ ] ? = { }`.
    /// (IoT Hub: direct methods)
    public static func problem(inMethodName name: Text) -> Text? {
        problem(in: name, noun: "the name of a method", limit: maximumMethodNameLength, allowed: methodName) {
            "printable ASCII without the space and $ ( ) < > @ , ; : \\ \" / [ ] ? = { }"
        }
    }

    /// The name or address of a host: 1 to 253 letters, digits, dots and hyphens. (RFC 1123)
    public static func problem(inHostName name: Text) -> Text? {
        if (1...253).contains(name.utf8.count), name.utf8.allSatisfy(hostName) { return nil }
        return "\(name.quoted) is not a host name; use 1 to 253 ASCII letters, digits, . and -"
    }

    @inline(never)
    private static func problem(
        in name: Text, noun: Text, limit: Int, allowed: (UInt8) -> Bool, hint: () -> Text
    ) -> Text? {
        let length = name.utf8.count
        if length == 0 { return "\(noun) must not be empty; use \(hint())" }
        if length > limit { return "\(name.quoted) has \(length) bytes; \(noun) has at most \(limit)" }
        for byte in name.utf8 where !allowed(byte) {
            return "\(name.quoted) is not \(noun); use \(hint())"
        }
        return nil
    }

    private static func identifier(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "%"), UInt8(ascii: "#"), UInt8(ascii: "*"), UInt8(ascii: "?"),
            UInt8(ascii: "!"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: "@"),
            UInt8(ascii: "$"), UInt8(ascii: "'"):
            true
        default: moduleName(byte)
        }
    }

    private static func moduleName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func hostName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte != UInt8(ascii: "_") && moduleName(byte)
    }

    private static func endpointName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<0x20, 0x7F, UInt8(ascii: "/"), UInt8(ascii: "#"), UInt8(ascii: "+"): false
        default: true
        }
    }

    private static func methodName(_ byte: UInt8) -> Bool {
        for forbidden in "$()<>@,;:\\\"/[]?={}".utf8 where forbidden == byte { return false }
        return byte > 0x20 && byte < 0x7F
    }
}
