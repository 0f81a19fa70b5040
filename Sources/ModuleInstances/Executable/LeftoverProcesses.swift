import CPOSIX
import Files
import JSON

/// Processes of modules that outlived what they belong to: daemons that left their group, or what a killed host left behind.
public enum LeftoverProcesses {
    /// Ends every process of a host with this state folder, other than this one and its parent. Returns how many there were.
    @discardableResult
    public static func end(of place: HostPlace) -> Int {
        end(markedWith: "\(place.marker):")
    }

    /// - Parameter marker: how the value of `MARTLET_INSTANCE` begins.
    @discardableResult
    static func end(markedWith marker: String) -> Int {
        let prefix = "\(ModuleEnvironment.marker)=\(marker)"
        var count = 0
        let own = [getpid(), getppid()]
        for name in (try? Files.names(in: "/proc")) ?? [] {
            guard let pid = number(name), !own.contains(pid) else { continue }
            // 128 KB: the marker is the last variable of those that the host sets, and an environment is seldom larger.
            guard let environment = try? Files.read("/proc/\(pid)/environ", limit: 128 << 10) else { continue }
            if holds(environment, prefix), kill(pid, SIGKILL) == 0 { count += 1 }
        }
        return count
    }

    private static func number(_ name: String) -> Int32? {
        var number: Int32 = 0
        for byte in name.utf8 {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number &* 10 &+ Int32(byte - UInt8(ascii: "0"))
        }
        return number
    }

    /// Whether one of the variables, each ended by NUL, begins with the prefix.
    private static func holds(_ environment: [UInt8], _ prefix: String) -> Bool {
        environment.split(separator: 0).contains { $0.starts(with: prefix.utf8) }
    }
}
