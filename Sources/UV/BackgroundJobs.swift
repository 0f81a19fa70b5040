/// What loop and background thread share: two queues behind one lock.
final class BackgroundJobs: @unchecked Sendable {
    /// One piece of work. `then` belongs to the loop's thread: only there is it called and released.
    final class Job {
        var work: (@Sendable () -> Void)?
        var then: (() -> Void)?

        init(_ work: @escaping @Sendable () -> Void, _ then: @escaping () -> Void) {
            self.work = work
            self.then = then
        }
    }

    private let lock = Lock()
    private var waiting: [Job] = []
    private var finished: [Job] = []
    private var isFinishing = false
    private let wakeup: Wakeup

    init(_ wakeup: Wakeup) {
        self.wakeup = wakeup
    }

    /// On the loop's thread.
    func add(_ job: Job) {
        lock.take()
        waiting.append(job)
        lock.signal()
        lock.give()
    }

    /// On the loop's thread: the thread ends when nothing is waiting any more.
    func finish() {
        lock.take()
        isFinishing = true
        lock.signal()
        lock.give()
    }

    /// On the loop's thread: the jobs whose work is done, in order.
    func takeFinished() -> [Job] {
        lock.take()
        let jobs = finished
        finished = []
        lock.give()
        return jobs
    }

    /// The background thread's life. It sleeps while nothing waits.
    func serve() {
        while true {
            lock.take()
            while waiting.isEmpty && !isFinishing { lock.wait() }
            var jobs = waiting
            waiting = []
            lock.give()
            if jobs.isEmpty { return }
            for job in jobs {
                job.work?()
                job.work = nil
            }
            lock.take()
            finished.append(contentsOf: jobs)
            lock.give()
            jobs = []
            wakeup.wake()
        }
    }
}
