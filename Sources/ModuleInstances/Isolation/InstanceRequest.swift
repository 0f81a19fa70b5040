import Deployment
import JSON
import ModuleImages
import UV

/// What an instance runs, wherever that is: on the host's loop, on a thread, in a process, or in a child that only looks at it.
struct InstanceRequest {
    /// A library or functions.
    let kind: ModuleKind
    /// The file to load.
    let path: String

    init(_ kind: ModuleKind, path: String) {
        self.kind = kind
        self.path = path
    }

    /// The first frame to an instance on another loop.
    func json(module: Text, twin: JSONObject) -> JSONObject {
        var json = self.json
        json["module"] = .string(module)
        json["twin"] = .object(twin)
        return json
    }

    var json: JSONObject {
        switch kind {
        case .functions(_, let binding): ["image": .string(Text(path)), "settings": .object(binding.settings)]
        default: ["image": .string(Text(path))]
        }
    }

    /// nil: not what `json` says.
    init?(_ json: JSONObject) {
        guard let image = json["image"]?.string else { return nil }
        path = image.string
        if let settings = json["settings"]?.object {
            guard case .success(let binding) = LibraryBinding.reading(settings) else { return nil }
            kind = .functions(isolation: .loop, binding: binding)
        } else {
            kind = .library(isolation: .loop)
        }
    }

    /// An instance of it on a loop; not for executables.
    func instance(on loop: Loop, copy: ImageCopy, table: HostTable, observer: any InstanceObserver) -> any ModuleInstance {
        if case .functions(_, let binding) = kind {
            return FunctionsInstance(loop: loop, copy: copy, binding: binding, threads: .shared, observer: observer)
        }
        return LibraryInstance(loop: loop, copy: copy, table: table, threads: .shared, observer: observer)
    }
}
