import CPOSIX
import JSON

/// What `uname` says.
struct SystemName {
    let machine: Text
    let release: Text

    static var current: SystemName {
        var name = utsname()
        uname(&name)
        return SystemName(machine: text(&name.machine), release: text(&name.release))
    }

    /// Of a C array that ends with NUL.
    private static func text<Characters>(_ characters: inout Characters) -> Text {
        withUnsafeBytes(of: &characters) { bytes in Text(utf8: bytes.prefix { $0 != 0 }) }
    }
}
