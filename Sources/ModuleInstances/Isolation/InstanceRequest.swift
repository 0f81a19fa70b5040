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
    /// What a child does about calls that do not return; nil: nothing.
    let watchdog: WatchdogSettings?

    init(_ kind: ModuleKind, path: String, watchdog: WatchdogSettings? = nil) {
        self.kind = kind
        self.path = path
        self.watchdog = watchdog
    }

    /// The first frame to an instance on another loop.
    func json(device: Text, module: Text, twin: JSONObject) -> JSONObject {
        var json = self.json
        json["device"] = .string(device)
        json["module"] = .string(module)
        json["twin"] = .object(twin)
        if let watchdog {
            json["watchdog"] = [.integer(Int64(watchdog.warnAfterMs)), .integer(Int64(watchdog.restartAfterSeconds))]
        }
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
        if let numbers = json["watchdog"]?.array, numbers.count == 2, let warn = numbers[0].integer, let restart = numbers[1].integer {
            watchdog = WatchdogSettings(warnAfterMs: Int(clamping: warn), restartAfterSeconds: Int(clamping: restart))
        } else {
            watchdog = nil
        }
        if let settings = json["settings"]?.object {
            guard case .success(let binding) = LibraryBinding.reading(settings) else { return nil }
            kind = .functions(isolation: .loop, binding: binding)
        } else {
            kind = .library(isolation: .loop)
        }
    }

    /// An instance of it on a loop; not for executables. On the loop's thread.
    ///
    /// - Parameter marks: mark the calls into it; nil: nobody asks for them.
    func instance(
        on loop: Loop, copy: ImageCopy, table: HostTable, marks: ModuleCalls?, observer: any InstanceObserver
    ) -> any ModuleInstance {
        if case .functions(_, let binding) = kind {
            return FunctionsInstance(loop: loop, copy: copy, binding: binding, threads: .shared, marks: marks, observer: observer)
        }
        return LibraryInstance(loop: loop, copy: copy, table: table, threads: .shared, marks: marks, observer: observer)
    }
}
