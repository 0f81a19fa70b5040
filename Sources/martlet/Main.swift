import CPOSIX

/// The entry point. Package manager and toolsets name it `main` at link time; Embedded Swift has no `CommandLine`.
@c(martlet_main)
public func martletMain(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    let first = String(cString: arguments[0]!)
    puts("hello \(first) \(count)")
    return 0
}
