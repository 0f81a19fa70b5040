import JSON

// `settings` of a module, by its type.
extension ManifestReader {
    /// nil if something in it is wrong.
    static func moduleKind(_ type: ModuleType, _ settings: ManifestObject) -> ModuleKind? {
        if let options = settings.optional("createOptions") {
            options.error("createOptions configures a container, and this runtime has none; remove it")
        }
        switch type {
        case .library:
            settings.refuseUnknown(
                "the settings of a library", ["image", "digest", "signature", "isolation", "limits"], except: ["createOptions"])
            return .library(isolation: settings.optional("isolation")?.word() ?? .loop)
        case .executable:
            settings.refuseUnknown(
                "the settings of an executable", ["image", "digest", "signature", "args", "protocol", "limits"], except: ["createOptions"])
            let args = settings.optional("args")?.array(max: 1000)?.compactMap { $0.text() }
            return .executable(args: args ?? [], protocol: settings.optional("protocol")?.word() ?? .stdio)
        case .functions:
            settings.refuseUnknown(
                "the settings of functions", ["image", "digest", "signature", "isolation", "limits"] + LibraryBinding.members,
                except: ["createOptions"])
            let isolation: Isolation = settings.optional("isolation")?.word() ?? .process
            return binding(settings).map { .functions(isolation: isolation, binding: $0) }
        }
    }
}
