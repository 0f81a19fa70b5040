// swift-tools-version: 6.3
import PackageDescription

/// The same for every Swift target: warnings are errors, and what Embedded Swift lacks is refused in the ordinary build too.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .treatWarning("EmbeddedRestrictions", as: .error),
    // Embedded Swift compiles functions into their callers: what a file uses, it imports.
    .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one room, in the folder of its name; `TestSupport` holds what they share.
func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)")
}

let package = Package(
    name: "martlet",
    products: [
        .executable(name: "martlet", targets: ["martlet"]),
        .library(name: "MartletModule", type: .static, targets: ["MartletModule"]),
    ],
    targets: [
        // C layer: module maps, and what Swift cannot say of the libraries behind them.
        .systemLibrary(name: "CPOSIX"),
        .systemLibrary(name: "CUV", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
        .systemLibrary(name: "CFFI", pkgConfig: "libffi", providers: [.apt(["libffi-dev"])]),
        .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CMbedTLS", providers: [.apt(["libmbedtls-dev"])]),
        .systemLibrary(name: "CNettle", providers: [.apt(["nettle-dev"])]),
        .systemLibrary(name: "CHTTPParser", providers: [.apt(["libhttp-parser-dev"])]),
        .systemLibrary(name: "CMartlet"),

        // Mechanisms: idiomatic ownership over one C library each.
        library("UV", ["CUV", "CPOSIX"]),
        library("FFI", ["CFFI", "JSON"]),
        library("SQLite", ["CSQLite", "JSON"]),
        library("TLS", ["CMbedTLS", "CNettle"]),
        library("Transport", ["UV", "TLS"]),
        library("Files", ["CPOSIX"]),

        // Formats: parse, build, state machines; no I/O.
        library("JSON", ["CJansson", "CPOSIX"]),
        library("HTTP", ["CHTTPParser", "JSON"]),

        // Concepts: values and rules; no I/O.
        library("ModuleIdentities", ["JSON", "TLS"]),
        library("ModuleTwins", ["JSON", "ModuleIdentities"]),
        library("Messages", ["CPOSIX", "JSON", "ModuleIdentities"]),
        library("Deployment", ["FFI", "JSON", "Messages", "ModuleIdentities"]),
        library("ModuleLinks", ["JSON", "Messages", "ModuleIdentities"]),
        // A format whose topics are said in these concepts.
        library("MQTT", ["CPOSIX", "JSON", "Messages", "ModuleIdentities"]),

        library("Certificates", ["CPOSIX", "Files", "JSON", "TLS"]),

        // Images and instances.
        library("ModuleImages", ["CPOSIX", "Files", "TLS", "UV", "JSON"]),
        library(
            "ModuleInstances",
            [
                "CMartlet", "CPOSIX", "FFI", "Files", "UV", "JSON", "Deployment", "Messages", "ModuleIdentities", "ModuleImages",
                "ModuleLinks", "ModuleTwins",
            ]),

        // Runtime.
        library("EdgeHub", ["CPOSIX", "Files", "UV", "SQLite", "JSON", "Messages", "ModuleIdentities", "ModuleTwins", "ModuleLinks"]),
        library(
            "EdgeAgent",
            ["CPOSIX", "Files", "UV", "JSON", "Deployment", "ModuleImages", "ModuleInstances", "ModuleIdentities", "ModuleLinks"]),
        library("Management", ["UV", "Transport", "HTTP", "JSON", "ModuleIdentities"]),
        library("MQTTServer", ["UV", "Transport", "JSON", "Messages", "ModuleIdentities", "ModuleLinks", "MQTT"]),

        // Product.
        .executableTarget(
            name: "martlet",
            dependencies: [
                "CPOSIX", "Files", "UV", "JSON", "HTTP", "Messages", "ModuleIdentities", "Deployment", "ModuleTwins", "ModuleLinks",
                "ModuleImages",
                "ModuleInstances", "EdgeHub", "EdgeAgent", "Management", "MQTTServer", "TLS", "Transport", "Certificates",
            ],
            swiftSettings: strict),
        library("MartletModule", ["CMartlet", "CPOSIX"]),

        // Tests mirror the sources; the last three look at the built program and at the sources from outside.
        .target(name: "TestSupport", dependencies: ["UV"], path: "Tests/TestSupport"),
        .target(name: "TwinModels", dependencies: ["ModuleTwins", "JSON"], path: "Tests/TwinModels"),
        .target(name: "RouteModels", path: "Tests/RouteModels"),
        tests("JSON", ["JSON"]),
        tests("UV", ["UV", "CPOSIX"]),
        tests("FFI", ["FFI", "JSON"]),
        tests("SQLite", ["SQLite", "CSQLite", "JSON"]),
        tests("TLS", ["TLS"]),
        tests("Transport", ["Transport", "TLS", "UV"]),
        tests("Certificates", ["Certificates", "Files", "TLS", "JSON"]),
        tests("Files", ["Files"]),
        tests("HTTP", ["HTTP", "JSON"]),
        tests("ModuleIdentities", ["ModuleIdentities", "TLS", "JSON"]),
        tests("ModuleTwins", ["TwinModels", "ModuleTwins", "ModuleIdentities", "JSON"]),
        tests("Messages", ["Messages", "JSON"]),
        tests("MQTT", ["MQTT", "Messages", "ModuleIdentities", "JSON"]),
        tests("Deployment", ["Deployment", "FFI", "Messages", "ModuleIdentities", "JSON"]),
        tests("ModuleImages", ["ModuleImages", "Files", "TLS", "UV", "JSON"]),
        tests(
            "ModuleInstances",
            [
                "ModuleInstances", "ModuleImages", "ModuleIdentities", "ModuleLinks", "ModuleTwins", "Deployment", "EdgeHub", "Messages",
                "UV", "JSON", "CPOSIX", "CMartlet",
            ]),
        tests("EdgeHub", ["EdgeHub", "ModuleLinks", "ModuleTwins", "ModuleIdentities", "Messages", "SQLite", "CSQLite", "UV", "JSON"]),
        tests(
            "EdgeAgent",
            ["EdgeAgent", "ModuleInstances", "ModuleImages", "ModuleLinks", "Deployment", "Messages", "UV", "Files", "JSON"]),
        tests("Management", ["Management", "Transport", "TLS", "HTTP", "UV", "JSON", "CPOSIX", "ModuleIdentities"]),
        tests(
            "MQTTServer",
            ["MQTTServer", "Transport", "TLS", "Certificates", "EdgeHub", "ModuleLinks", "ModuleIdentities", "Messages", "UV", "JSON"]),
        tests("MartletModule", ["MartletModule", "CMartlet"]),
        // What `Toolchain/fuzz` feeds, and its corpus in the daily tests.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "TwinModels", "RouteModels", "ModuleTwins", "Messages", "JSON", "HTTP", "MQTT", "TLS", "ModuleIdentities",
            ],
            path: "Tests/Fuzz/Targets"),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Replay"),
        // What `Toolchain/bench twins` measures.
        .executableTarget(
            name: "twinbench", dependencies: ["CPOSIX", "JSON", "ModuleIdentities", "ModuleTwins"], path: "Tests/Benchmarks/twinbench",
            swiftSettings: strict),
        // What `Toolchain/bench hub` measures.
        .executableTarget(
            name: "hubbench", dependencies: ["CPOSIX", "EdgeHub", "JSON", "Messages", "ModuleLinks", "UV"],
            path: "Tests/Benchmarks/hubbench", swiftSettings: strict, linkerSettings: [.linkedLibrary("m")]),
        tests("Acceptance"),
        tests("Architecture"),
        tests("Embedded"),
    ]
)
