import CPOSIX
import Foundation
import TestSupport
import Testing
import UV

@Suite struct BackgroundThreadTests {
    @Test func `work runs in its order on another thread, and then on the loop`() throws {
        let loop = try Loop()
        let thread = try BackgroundThread(loop)
        let worked = Found<[Int]>([])
        let onLoopThread = Found<[Bool]>([])
        let loopThread = pthread_self()
        var delivered: [Int] = []
        for number in 0..<100 {
            thread.run {
                worked.value.append(number)
                onLoopThread.value.append(pthread_equal(loopThread, pthread_self()) != 0)
            } then: {
                #expect(pthread_equal(loopThread, pthread_self()) != 0)
                delivered.append(number)
            }
        }
        // Returns only when all is delivered, and does return then, though the thread still lives.
        loop.run()
        #expect(worked.value == Array(0..<100))
        #expect(delivered == Array(0..<100))
        #expect(!onLoopThread.value.contains(true))
        thread.finish()
    }

    @Test func `finish does what is queued, delivers it, and takes no thread any more`() throws {
        let loop = try Loop()
        let thread = try BackgroundThread(loop)
        let worked = Found(0)
        var delivered = 0
        for _ in 0..<10 { thread.run({ worked.value += 1 }, then: { delivered += 1 }) }
        thread.finish()
        thread.finish()
        #expect(worked.value == 10)
        #expect(delivered == 10)
        thread.run({ worked.value += 1 }, then: { delivered += 1 })
        #expect(worked.value == 11)
        #expect(run(loop) { delivered == 11 })
        loop.run()
    }

    @Test func `work queued by a then is done too`() throws {
        let loop = try Loop()
        let thread = try BackgroundThread(loop)
        var delivered = 0
        thread.run({}, then: { thread.run({}, then: { delivered += 1 }) })
        loop.run()
        #expect(delivered == 1)
        thread.run({}, then: { thread.run({}, then: { delivered += 1 }) })
        thread.finish()
        #expect(run(loop) { delivered == 2 })
    }

    @Test func `a dropped thread does its work, and calls no then`() throws {
        let loop = try Loop()
        let worked = Found(0)
        var delivered = 0
        weak var seen: Canary?
        do {
            let canary = Canary()
            seen = canary
            let thread = try BackgroundThread(loop)
            thread.run {
                worked.value += 1
            } then: {
                withExtendedLifetime(canary) { delivered += 1 }
            }
        }
        loop.run()
        #expect(worked.value == 1)
        #expect(delivered == 0)
        #expect(seen == nil)
    }

    @Test func `a thread may be dropped in a then`() throws {
        let loop = try Loop()
        let thread = Found<BackgroundThread?>(try BackgroundThread(loop))
        weak let seen = thread.value
        var delivered = 0
        thread.value?.run(
            {},
            then: {
                delivered += 1
                thread.value = nil
            })
        loop.run()
        #expect(delivered == 1)
        #expect(seen == nil)
    }
}
