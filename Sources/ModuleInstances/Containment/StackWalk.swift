import CPOSIX

/// Return addresses on the stack of a thread, without allocating, and wherever code was compiled to run without frame pointers or unwind
/// tables: whatever looks like one and stands behind an instruction that calls. Some may be left from calls that are over.
struct StackWalk {
    /// Bytes of the stack that are looked at.
    private static let depth: UInt = 16 << 10

    private let process: Int32
    private let scratch: UnsafeMutableRawPointer
    private var next: UInt
    private let end: UInt
    private var index = 0
    private var count = 0

    /// - Parameters:
    ///   - stackPointer: of the thread.
    ///   - scratch: `ContainmentState.scratchCapacity` bytes.
    init(process: Int32, stackPointer: UInt, scratch: UnsafeMutableRawPointer) {
        self.process = process
        self.scratch = scratch
        next = stackPointer & ~UInt(MemoryLayout<UInt>.size - 1)
        end = next &+ Self.depth
    }

    /// The next address behind a call, from `first` up to `last`; 0: there is none.
    @inline(never)
    mutating func nextAddress(_ first: UInt = 4096, _ last: UInt = .max) -> UInt {
        while true {
            while index < count {
                let word = scratch.load(fromByteOffset: index * MemoryLayout<UInt>.size, as: UInt.self)
                index += 1
                if word >= first, word < last, Self.followsCall(word, process) { return word }
            }
            guard next < end else { return 0 }
            let read = martlet_peek(process, next, scratch, ContainmentState.scratchCapacity)
            guard read >= MemoryLayout<UInt>.size else { return 0 }
            next += UInt(ContainmentState.scratchCapacity)
            if read < ContainmentState.scratchCapacity { next = end }
            index = 0
            count = read / MemoryLayout<UInt>.size
        }
    }

    /// Whether the instruction before an address is a call.
    private static func followsCall(_ address: UInt, _ process: Int32) -> Bool {
        var before: UInt64 = 0
        #if arch(arm)
            let isThumb = address & 1 != 0
            let start = (address & ~1) - 8
        #else
            let start = address - 8
        #endif
        guard martlet_peek(process, start, &before, 8) == 8 else { return false }
        #if arch(x86_64)
            let byte = { (index: UInt64) in before >> (index * 8) & 0xFF }
            // call rel32, or call through a register or memory, whose instruction has 2 to 7 bytes.
            let calls = { (index: UInt64) in byte(index) == 0xFF && byte(index + 1) & 0x38 == 0x10 }
            return byte(3) == 0xE8 || calls(6) || calls(5) || calls(2) || calls(1) || calls(4)
        #elseif arch(arm64)
            let instruction = before >> 32
            return instruction & 0xFC00_0000 == 0x9400_0000 || instruction & 0xFFFF_FC1F == 0xD63F_0000
        #elseif arch(arm)
            let instruction = before >> 32
            if isThumb {
                return instruction & 0xC000_F800 == 0xC000_F000 || instruction >> 16 & 0xFF87 == 0x4780
            }
            return instruction & 0x0F00_0000 == 0x0B00_0000 || instruction & 0xFE00_0000 == 0xFA00_0000
                || instruction & 0x0FFF_FFF0 == 0x012F_FF30
        #else
            return true
        #endif
    }
}
