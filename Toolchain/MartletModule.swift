// swift-tools-version: 6.3
// The package of dist/BOARD/share/martlet/swift: what a module in Swift needs, without the host.
import PackageDescription

let package = Package(
    name: "martlet",
    products: [.library(name: "MartletModule", type: .static, targets: ["MartletModule"])],
    targets: [
        .systemLibrary(name: "CPOSIX"),
        .systemLibrary(name: "CMartlet"),
        .target(
            name: "MartletModule", dependencies: ["CMartlet", "CPOSIX"],
            swiftSettings: [.treatAllWarnings(as: .error), .enableUpcomingFeature("MemberImportVisibility")]),
    ]
)
