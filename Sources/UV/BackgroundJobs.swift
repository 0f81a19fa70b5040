import CUV

/// What loop and background thread share: two queues behind one lock, the only lock of the program.
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

    private let lock = UnsafeMutablePointer<uv_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<uv_cond_t>.allocate(capacity: 1)
    private var waiting: [Job] = []
    private var finished: [Job] = []
    private var isFinishing = false
    private let wakeup: Wakeup

    init(_ wakeup: Wakeup) {
        self.wakeup = wakeup
        // glibc's cannot fail without special attributes.
        uv_mutex_init(lock)
        uv_cond_init(changed)
    }

    deinit {
        uv_cond_destroy(changed)
        uv_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// On the loop's thread.
    func add(_ job: Job) {
        uv_mutex_lock(lock)
        waiting.append(job)
        uv_cond_signal(changed)
        uv_mutex_unlock(lock)
    }

    /// On the loop's thread: the thread ends when nothing is waiting any more.
    func finish() {
        uv_mutex_lock(lock)
        isFinishing = true
        uv_cond_signal(changed)
        uv_mutex_unlock(lock)
    }

    /// On the loop's thread: the jobs whose work is done, in order.
    func takeFinished() -> [Job] {
        uv_mutex_lock(lock)
        let jobs = finished
        finished = []
        uv_mutex_unlock(lock)
        return jobs
    }

    /// The background thread's life. It sleeps while nothing waits.
    func serve() {
        while true {
            uv_mutex_lock(lock)
            while waiting.isEmpty && !isFinishing { uv_cond_wait(changed, lock) }
            var jobs = waiting
            waiting = []
            uv_mutex_unlock(lock)
            if jobs.isEmpty { return }
            for job in jobs {
                job.work?()
                job.work = nil
            }
            uv_mutex_lock(lock)
            finished.append(contentsOf: jobs)
            uv_mutex_unlock(lock)
            jobs = []
            wakeup.wake()
        }
    }
}
