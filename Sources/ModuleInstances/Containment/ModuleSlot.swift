import CPOSIX

/// One instance in the host's process, as its threads, the watchdog and a signal handler see it. It lies in memory of its own that is
/// never given back, only used again: who reads it need not ask whether it is still there.
///
/// Name, file and digest follow it, in one piece.
struct ModuleSlot {
    static let textCapacity = 400
    /// A slot's address ends in so many bits of 0, which hold a function in `ModuleThread.executing`.
    static let functionMask: UInt = 15

    /// The slot that was made before it.
    let next: UnsafeMutablePointer<ModuleSlot>?
    var isFree = false
    /// It runs on the host's loop; else on a thread of its own.
    var isOnLoop = false
    var nameCount = 0
    var fileCount = 0
    var digestCount = 0
    /// Where the image lies in memory; 0: it is not loaded.
    var imageStart: UInt = 0
    var imageEnd: UInt = 0
    /// The call that did not return in time last: its function, 0 for none.
    var blockedFunction: UInt = 0
    /// From when to when, in milliseconds of monotonic time; until 0: it has not returned yet.
    var blockedSince: UInt64 = 0
    var blockedUntil: UInt64 = 0

    /// Memory for one, not filled in.
    static func make(next: UnsafeMutablePointer<ModuleSlot>?) -> UnsafeMutablePointer<ModuleSlot> {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<ModuleSlot>.stride + textCapacity, alignment: Int(functionMask) + 1)
        let slot = memory.bindMemory(to: ModuleSlot.self, capacity: 1)
        slot.initialize(to: ModuleSlot(next: next))
        return slot
    }
}

extension UnsafeMutablePointer<ModuleSlot> {
    /// Name, file and digest.
    var text: UnsafeMutablePointer<UInt8> {
        UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: UInt8.self)
    }

    /// Forgets all that was.
    func fill(isOnLoop: Bool, name: UnsafeRawBufferPointer, file: UnsafeRawBufferPointer, digest: UnsafeRawBufferPointer) {
        var fresh = ModuleSlot(next: pointee.next)
        var line = LineBuffer(text, capacity: ModuleSlot.textCapacity)
        fresh.nameCount = line.add(name, 128)
        fresh.fileCount = line.add(file, 128)
        fresh.digestCount = line.add(digest, 128)
        fresh.isOnLoop = isOnLoop
        pointee = fresh
    }

    /// Whether an address is in its image.
    func holds(_ address: UInt) -> Bool {
        address >= pointee.imageStart && address < pointee.imageEnd
    }
}

extension LineBuffer {
    /// What a line can hold as it is.
    ///
    /// - Returns: how many bytes were taken, at most `limit`.
    fileprivate mutating func add(_ bytes: UnsafeRawBufferPointer, _ limit: Int) -> Int {
        let before = count
        for byte in bytes.prefix(limit) {
            append(byte: byte > 0x20 && byte != 0x7F ? byte : UInt8(ascii: "?"))
        }
        return count - before
    }

    /// The name of a module.
    mutating func append(nameOf slot: UnsafeMutablePointer<ModuleSlot>) {
        append(slot.text, slot.pointee.nameCount)
    }

    /// `libx.so+0x1234`
    mutating func append(_ address: UInt, in slot: UnsafeMutablePointer<ModuleSlot>) {
        append(slot.text + slot.pointee.nameCount, slot.pointee.fileCount)
        append("+")
        append(address: address - slot.pointee.imageStart)
    }

    /// `sha256:…`
    mutating func append(digestOf slot: UnsafeMutablePointer<ModuleSlot>) {
        append(slot.text + slot.pointee.nameCount + slot.pointee.fileCount, slot.pointee.digestCount)
    }
}
