// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "system-telemetry",
    products: [.library(name: "systemtelemetry", type: .dynamic, targets: ["SystemTelemetry"])],
    dependencies: [.package(name: "martlet", path: "../..")],
    targets: [
        .target(
            name: "SystemTelemetry",
            dependencies: [.product(name: "MartletModule", package: "martlet")],
            path: "Sources",
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .treatWarning("EmbeddedRestrictions", as: .error),
            ])
    ]
)
