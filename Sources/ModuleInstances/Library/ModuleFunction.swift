/// What of a module the host is executing.
enum ModuleFunction: UInt {
    // 0 is none. All fit four bits: a slot's address and a function share one word.
    /// Its constructors and `martlet_module`.
    case load = 1
    case create
    case start
    case receive
    case desired
    case invoke
    case destroy
    /// Its destructors.
    case unload
    /// What it gave to `timer_start`.
    case timer
    /// What it gave to `watch_start`.
    case watch
    /// What it gave to `post`.
    case post
    /// What it gave to `send` or `report`.
    case done
    /// What it gave to `invoke`.
    case answer
    /// Any of a plain C library.
    case function

    /// For people. No memory is allocated: a signal handler uses it.
    var word: StaticString {
        switch self {
        case .load: "load"
        case .create: "create"
        case .start: "start"
        case .receive: "receive"
        case .desired: "desired"
        case .invoke: "invoke"
        case .destroy: "destroy"
        case .unload: "unload"
        case .timer: "timer"
        case .watch: "watch"
        case .post: "post"
        case .done: "done"
        case .answer: "answer"
        case .function: "function"
        }
    }
}
