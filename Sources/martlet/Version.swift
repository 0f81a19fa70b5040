import ModuleInstances

/// What this program is.
enum Version {
    static let text = "0.1.0"

    #if hasFeature(Embedded)
        static let build = "Embedded Swift"
    #else
        static let build = "ordinary Swift"
    #endif

    /// Of the tables in martlet.h.
    static var abi: UInt32 { martletABIVersion }
}
