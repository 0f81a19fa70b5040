import Testing

/// A folder of Sources, and what it may import: the arrows of the house, which point down and never up.
struct Room: CustomTestStringConvertible {
    let name: String
    let mayImport: Set<String>
    let why: String

    init(_ name: String, _ mayImport: Set<String>, _ why: String) {
        (self.name, self.mayImport, self.why) = (name, mayImport, why)
    }

    var testDescription: String { name }

    /// Foundation and Glibc are in no list: Embedded Swift has neither. The C library is CPOSIX.
    static let all: [Room] = [
        // Mechanisms: each owns one C library.
        Room("UV", ["CUV", "CPOSIX"], "a mechanism: libuv and nothing above it"),
        Room("FFI", ["CFFI", "JSON"], "a mechanism: libffi; calls take and give JSON values"),
        Room("SQLite", ["CSQLite", "JSON"], "a mechanism: SQLite; columns are texts, which are JSON's"),
        Room("TLS", ["CMbedTLS", "CNettle"], "a mechanism: mbedTLS, and Nettle for records; no I/O"),
        Room("Transport", ["UV", "TLS"], "a connection, plain or TLS: it brings UV's streams and TLS together"),
        Room("Files", ["CPOSIX"], "a mechanism: files of the C library"),

        // Formats: parse, build, state machines; no I/O.
        Room("JSON", ["CJansson", "CPOSIX"], "a format; the lowest room, it knows no other"),
        Room("HTTP", ["CHTTPParser", "JSON"], "a format: no I/O"),
        Room(
            "MQTT", ["CPOSIX", "JSON", "Messages", "ModuleIdentities"],
            "a format: no I/O; its topics name identities and hold properties of messages"),

        // Concepts: values and rules; no I/O.
        Room("ModuleIdentities", ["JSON", "TLS"], "a concept: values and rules, no I/O; keys and tokens are made with TLS's HMAC"),
        Room("ModuleTwins", ["JSON", "ModuleIdentities"], "a concept: values and rules, no I/O"),
        Room(
            "Messages", ["CPOSIX", "JSON", "ModuleIdentities"],
            "a concept: values and rules, no I/O; numbers and letters are the C library's"),
        Room(
            "Deployment", ["FFI", "JSON", "Messages", "ModuleIdentities"],
            "a concept: values and rules, no I/O; which C functions can be called is FFI's to say"),
        Room("ModuleLinks", ["JSON", "Messages", "ModuleIdentities"], "the protocols in which hub and instances meet, nothing else"),

        Room("Certificates", ["CPOSIX", "Files", "JSON", "TLS"], "which certificates the device has, and its authority's files"),

        // Images and instances.
        Room("ModuleImages", ["CPOSIX", "Files", "TLS", "UV", "JSON"], "the image store: files and their digests, off the loop"),
        Room(
            "ModuleInstances",
            [
                "CMartlet", "CPOSIX", "FFI", "Files", "UV", "JSON", "Deployment", "Messages", "ModuleIdentities", "ModuleImages",
                "ModuleLinks", "ModuleTwins",
            ],
            "what runs one image; it meets the hub only through ModuleLinks, and an instance beside the loop mirrors its twin"),

        // Runtime.
        Room(
            "EdgeHub",
            [
                "CPOSIX", "Files", "UV", "SQLite", "TLS", "JSON", "MQTT", "HTTP", "Messages", "ModuleIdentities", "ModuleTwins",
                "ModuleLinks",
            ],
            "twins, routes and methods; it meets instances only through ModuleLinks"),
        Room(
            "EdgeAgent",
            [
                "CPOSIX", "Files", "UV", "JSON", "Deployment", "Messages", "ModuleImages", "ModuleInstances", "ModuleIdentities",
                "ModuleLinks",
            ],
            "reconciles and supervises; twins and messages are the hub's; regular expressions are the C library's"),
        Room(
            "Upstream", ["UV", "TLS", "JSON", "MQTT", "HTTP", "Messages", "ModuleIdentities", "ModuleTwins", "ModuleLinks"],
            "the cloud; it meets the hub only through ModuleLinks"),
        Room(
            "Management", ["CPOSIX", "UV", "Transport", "HTTP", "JSON", "ModuleIdentities"],
            "HTTP on a socket; what it controls is behind its own protocol, which ids are valid is a rule of identities"),
        Room(
            "MQTTServer", ["UV", "Transport", "JSON", "MQTT", "Messages", "ModuleIdentities", "ModuleLinks"],
            "drives the rules of MQTT over sockets; it meets the hub only through ModuleLinks"),

        // Product.
        Room(
            "martlet",
            [
                "CPOSIX", "Files", "UV", "JSON", "Messages", "ModuleIdentities", "Deployment", "ModuleTwins", "ModuleLinks", "ModuleImages",
                "ModuleInstances", "EdgeHub", "EdgeAgent", "Upstream", "Management", "MQTTServer", "HTTP", "TLS", "Transport",
                "Certificates",
            ],
            "composition and command line: no C library but the C library itself"),
        Room("MartletModule", ["CMartlet", "CPOSIX"], "goes into modules: host and modules meet only in C"),
    ]
}
