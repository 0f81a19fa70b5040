/// One thread for work that blocks, such as an fsync on an SD card. It sleeps while there is nothing to do. Dropping it does
/// what `finish` does, but the `then`s are not called.
public final class BackgroundThread {
    private let loop: Loop
    private let wakeup: Wakeup
    private let jobs: BackgroundJobs
    private var thread: Thread?
    private var unfinished = 0

    /// - Parameter stackBytes: of the thread; rounded up to pages and the system's least.
    /// - Throws: EAGAIN when the system has no thread left, EMFILE.
    public init(_ loop: Loop, stackBytes: Int = 256 * 1024) throws(UVError) {
        // The wakeup must not hold this object, nor this object be needed to find the finished jobs.
        let link = Link()
        let wakeup = try Wakeup(loop) { link.thread?.deliver() }
        let jobs = BackgroundJobs(wakeup)
        let thread = try Thread(stackBytes: stackBytes) { jobs.serve() }
        self.loop = loop
        self.wakeup = wakeup
        self.jobs = jobs
        self.thread = thread
        self.link = link
        link.thread = self
        wakeup.keepsLoopRunning(false)
    }

    /// The way from the wakeup to this object; cut when it ends.
    private final class Link {
        unowned(unsafe) var thread: BackgroundThread?
    }
    private let link: Link

    deinit {
        link.thread = nil
        join()
        for job in jobs.takeFinished() { job.then = nil }
    }

    /// Runs `work` on the thread, one after the other in the order they came, and afterwards `then` on the loop. Keeps
    /// `Loop.run` going until then. After `finish`, `work` runs at once on the caller's thread.
    public func run(_ work: @escaping @Sendable () -> Void, then: @escaping () -> Void) {
        guard thread != nil else {
            work()
            return loop.soon(then)
        }
        unfinished += 1
        if unfinished == 1 { wakeup.keepsLoopRunning(true) }
        jobs.add(BackgroundJobs.Job(work, then))
    }

    /// Waits until all work that is queued is done, ends the thread, and calls the `then`s. Blocks the loop meanwhile. Idempotent.
    public func finish() {
        guard thread != nil else { return }
        join()
        deliver()
    }

    private func join() {
        guard let thread else { return }
        self.thread = nil
        jobs.finish()
        thread.join()
        wakeup.close()
    }

    private func deliver() {
        for job in jobs.takeFinished() {
            unfinished -= 1
            if unfinished == 0 { wakeup.keepsLoopRunning(false) }
            let then = job.then
            job.then = nil
            then?()
        }
    }
}
