import JSON

/// An output of a module; empty where a message has none.
struct Source: Hashable {
    let module: Text
    let output: Text
}
