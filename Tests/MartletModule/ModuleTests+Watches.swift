import CMartlet
import Foundation
import MartletModule
import TestSupport
import Testing

/// What comes from outside: file descriptors and other threads.
extension ModuleTests {
    @Test func `a watch tells its events until it is stopped`() throws {
        let (instance, module) = try recorder()
        var seen: [FileEvents] = []
        let watch = try module.host.watch(5, for: [.readable, .hangUp]) { seen.append($0) }
        #expect(instance.host.watched == ["5: 5"])
        instance.host.fireWatches(Int32(MARTLET_READABLE))
        instance.host.fireWatches(Int32(MARTLET_READABLE | MARTLET_HANG_UP))
        watch.stop()
        watch.stop()
        instance.host.fireWatches(Int32(MARTLET_READABLE))
        #expect(seen == [.readable, [.readable, .hangUp]])
        #expect(instance.host.watched == [])
    }

    @Test func `a dropped watch is watched no more`() throws {
        let (instance, module) = try recorder()
        var watch: Watch? = try module.host.watch(5) { _ in }
        #expect(instance.host.watched == ["5: 1"])
        watch = nil
        #expect(watch == nil && instance.host.watched == [])
    }

    @Test func `a broken descriptor is told once, and what the watch held is let go`() throws {
        let (instance, module) = try recorder()
        var seen: [FileEvents] = []
        weak var held: Canary?
        let watch: Watch
        do {
            let canary = Canary()
            held = canary
            watch = try module.host.watch(5) { events in
                withExtendedLifetime(canary) {}
                seen.append(events)
            }
        }
        #expect(held != nil)
        instance.host.fireWatches(Int32(MARTLET_BROKEN))
        #expect(seen == [.broken])
        #expect(held == nil)
        watch.stop()
    }

    @Test func `a watch that is refused calls nothing`() throws {
        let (instance, module) = try recorder()
        instance.host.result = HostError.argument.code
        #expect(throws: HostError.argument) { try module.host.watch(5) { _ in } }
    }

    @Test func `timers and watches end with the instance`() throws {
        let (instance, module) = try recorder()
        let host = instance.host
        let timer = try module.host.every(1) {}
        let watch = try module.host.watch(5) { _ in }
        let later = try module.host.after(1) {}
        instance.destroy()
        #expect(host.timerCount == 0 && host.watched == [])
        withExtendedLifetime((timer, watch, later)) {}
    }

    @Test func `workers post to the module, each in its order`() throws {
        let (instance, module) = try recorder()
        let me = module.host.poster(module)
        let workers = try (0..<4).map { worker in
            try Worker {
                for step in 0..<100 { try? me.post { module in module.lines.append("\(worker) \(step)") } }
            }
        }
        for worker in workers { worker.join() }
        #expect(module.lines == [])
        instance.host.runPosts()
        #expect(module.lines.count == 400)
        for worker in 0..<4 {
            #expect(module.lines.filter { $0.hasPrefix("\(worker) ") } == (0..<100).map { "\(worker) \($0)" })
        }
    }

    @Test func `a post that is refused throws, and what it held is let go`() throws {
        let (instance, module) = try recorder()
        let me = module.host.poster(module)
        instance.host.result = HostError.full.code
        weak var held: Canary?
        do {
            let canary = Canary()
            held = canary
            #expect(throws: HostError.full) { try me.post { _ in withExtendedLifetime(canary) {} } }
        }
        #expect(held == nil)
    }

    @Test func `a dropped worker is waited for`() throws {
        let done = Canary()
        do {
            _ = try Worker {
                for _ in 0..<1000 { done.add() }
            }
        }
        #expect(done.count == 1000)
    }

    @Test func `a FIFO is read and written without waiting`() throws {
        let folder = TemporaryFolder()
        let path = folder.path("fifo")
        #expect(mkfifo(path, 0o600) == 0)
        let file = try #require(DeviceFile(path, writable: true))
        guard case .nothing = file.read() else { Issue.record("an empty FIFO has something to read"); return }
        #expect(file.write(Array("line".utf8)) == 4)
        guard case .bytes(let bytes) = file.read() else { Issue.record("nothing was read"); return }
        #expect(bytes == Array("line".utf8))
        #expect(!file.makeRaw(baudRate: 9600), "a FIFO is no serial port")
        #expect(DeviceFile(folder.path("none")) == nil)
        let empty = try #require(DeviceFile(try folder.write("", to: "empty")))
        guard case .end = empty.read() else { Issue.record("an empty file does not end"); return }
    }

    @Test func `a serial port is made raw`() throws {
        var (leader, follower): (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        try #require(openpty(&leader, &follower, &name, nil, nil) == 0)
        defer { for end in [leader, follower] { close(end) } }
        let port = try #require(DeviceFile(name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }, writable: true))
        #expect(port.makeRaw(baudRate: 115200))
        #expect(!port.makeRaw(baudRate: 12345))
        #expect(port.write([3, 13, 10]) == 3)
        var bytes = [UInt8](repeating: 0, count: 8)
        #expect(read(leader, &bytes, 8) == 3)
        #expect(bytes.prefix(3) == [3, 13, 10])
    }
}

/// Something to see whether a closure was released, and a count for other threads.
private final class Canary: @unchecked Sendable {
    private let lock = NSLock()
    private var number = 0

    var count: Int { lock.withLock { number } }
    func add() { lock.withLock { number += 1 } }
}
