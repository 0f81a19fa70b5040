import CPOSIX
import Foundation
import TestSupport
import Testing
import UV

@Suite struct MailboxTests {
    @Test func `what another thread posts runs on the loop, in order`() throws {
        let loop = try Loop()
        let mailbox = try Mailbox(loop)
        let ran = Found<[Int]>([])
        let thread = Foundation.Thread {
            for number in 0..<1000 { _ = mailbox.post(limit: 1000) { ran.value.append(number) } }
        }
        thread.start()
        #expect(run(loop) { ran.value.count == 1000 })
        #expect(ran.value == Array(0..<1000))
        mailbox.close()
    }

    @Test func `each mailbox has its own limit, and a post from inside a post runs later`() throws {
        let loop = try Loop()
        let (first, second) = (try Mailbox(loop), try Mailbox(loop))
        let ran = Found<[String]>([])
        #expect(
            first.post(limit: 1) {
                ran.value.append("first"); _ = first.post(limit: 1) { ran.value.append("again") }
            } == .taken)
        #expect(first.post(limit: 1) {} == .full)
        #expect(second.post(limit: 1) { ran.value.append("second") } == .taken)
        #expect(run(loop) { ran.value.count == 3 })
        #expect(ran.value == ["first", "second", "again"])
    }

    @Test func `what waits runs when the mailbox is closed, and then nothing is taken`() throws {
        let loop = try Loop()
        let mailbox = try Mailbox(loop)
        let ran = Found<[String]>([])
        _ = mailbox.post(limit: 9) { ran.value.append("waited") }
        mailbox.finish()
        #expect(ran.value == ["waited"])
        #expect(mailbox.post(limit: 9) { ran.value.append("never") } == .closed)
        #expect(mailbox.post(limit: 9, isLastWord: true) { ran.value.append("last word") } == .taken)
        mailbox.close()
        #expect(ran.value == ["waited", "last word"])
        #expect(mailbox.post(limit: 9, isLastWord: true) { ran.value.append("never") } == .closed)
        loop.run()
        #expect(ran.value.count == 2)
    }

    @Test func `a closed loop drops what waits, lets go of it, and takes nothing`() throws {
        let loop = try Loop()
        let mailbox = try Mailbox(loop)
        weak var seen: Canary?
        do {
            let canary = Canary()
            seen = canary
            _ = mailbox.post(limit: 9) { withExtendedLifetime(canary) {} }
        }
        #expect(seen != nil)
        loop.close()
        #expect(seen == nil)
        #expect(mailbox.post(limit: 9) {} == .closed)
        #expect(throws: UVError.canceled) { try Mailbox(loop) }
    }

    @Test func `mailboxes of one loop cost one descriptor, and do not keep it running`() throws {
        let loop = try Loop()
        let first = try Mailbox(loop)
        let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        let more = try (0..<100).map { _ in try Mailbox(loop) }
        // Other tests have descriptors too, but not a hundred more.
        #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count < before + 90)
        loop.run()
        withExtendedLifetime((first, more)) {}
    }
}
