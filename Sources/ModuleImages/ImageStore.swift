import Files
public import JSON
public import UV

/// The images that instances run, by digest, in the state folder. On the loop's thread, but for the work on files.
///
/// A file in the modules folder may be replaced, truncated or deleted at any time; what runs is always a copy that was complete,
/// verified and on the disk before it got its name. Reading, copying and checking are done on a thread that is there only while there
/// is something to do. The one rule for doing without it: where nothing has changed since it was done, there is nothing to do.
public final class ImageStore {
    /// How long a file must have been left alone to count as complete.
    public static let quietMs: UInt64 = 300

    private let loop: Loop
    private let folder: ImageFolder
    private let log: (Int32, Text) -> Void
    private var digests = DigestCache()
    private var entries: [StoredImage] = []
    private var waiting: [(order: ImageOrder, then: (Result<PreparedImage, ImageError>) -> Void)] = []
    private var isBusy = false
    /// Says which images are wanted although nobody has them; nil: there is nothing to clean up.
    private var wanted: (() -> [ImageDigest])?
    private var worker: BackgroundThread?
    private var jobs = 0
    private var isClosed = false

    /// - Parameters:
    ///   - folder: made if it is not there.
    ///   - host: the header of the running program, to refuse images of other machines; nil refuses none.
    ///   - log: level (syslog's) and text of what an operator should know.
    public init(
        _ loop: Loop, folder: String, host: ELFHeader?, signing: SigningRule = .none, log: @escaping (Int32, Text) -> Void = { _, _ in }
    ) throws(ImageError) {
        do throws(FileError) {
            try Files.makeFolder(folder, permissions: 0o700)
        } catch {
            throw ImageError(error)
        }
        self.loop = loop
        self.folder = ImageFolder(path: folder, host: host, signing: signing)
        self.log = log
    }

    /// Gets an image ready to run. `then` comes before this returns where nothing has changed since it was done before; else later, in
    /// the order of the calls. After `close` it does not come.
    public func prepare(_ order: ImageOrder, then: @escaping (Result<PreparedImage, ImageError>) -> Void) {
        if let known = known(order) { return then(known) }
        waiting.append((order, then))
        next()
    }

    /// Removes the images that nobody has and nobody wants, once no order waits. What was left by interrupted copies goes too.
    public func collect(wanting wanted: @escaping () -> [ImageDigest]) {
        self.wanted = wanted
        next()
    }

    /// Runs `work` on the thread of the files, after the orders that wait, and `then` on the loop.
    public func background(_ work: @escaping @Sendable () -> Void, then: @escaping () -> Void) {
        if worker == nil, !isClosed { worker = try? BackgroundThread(loop) }
        jobs += 1
        let done = { [self] in
            jobs -= 1
            then()
            if jobs == 0 { loop.soon { [self] in if jobs == 0 { worker = nil } } }
        }
        if let worker { return worker.run(work, then: done) }
        // No thread is left in the system: slow, but right.
        work()
        loop.soon(done)
    }

    /// Ends the work on files, after the step that is under way; nothing comes any more.
    public func close() {
        isClosed = true
        folder.cancellation.cancel()
        waiting = []
        wanted = nil
        worker = nil
    }

    // MARK: - Orders

    /// The result where nothing has to be done for it but to look at the times of files.
    private func known(_ order: ImageOrder) -> Result<PreparedImage, ImageError>? {
        let digest: ImageDigest
        switch order.source {
        case .stored(let stored): digest = stored
        case .file(let path):
            guard let known = digests.known(path) else { return nil }
            digest = known.digest
            if digest == order.refused { return .failure(ImageFolder.isRefused(digest, path)) }
        }
        guard order.expected == nil || order.expected == digest, let entry = entry(digest), entry.isGood(for: order) else { return nil }
        return copy(entry, order).map { .success($0) }
    }

    private func entry(_ digest: ImageDigest) -> StoredImage? {
        entries.first { $0.image.digest == digest }
    }

    /// nil: the file of its own is still to be made.
    private func copy(_ entry: StoredImage, _ order: ImageOrder) -> PreparedImage? {
        guard order.isLoadedHere else { return prepared(entry, slot: nil, order) }
        let slot = entry.freeSlot()
        return entry.isGood(slot) ? prepared(entry, slot: slot, order) : nil
    }

    private func prepared(_ entry: StoredImage, slot: Int?, _ order: ImageOrder) -> PreparedImage {
        let copy = ImageCopy(entry, slot: slot, path: entry.path(slot ?? 0))
        return PreparedImage(copy: copy, digest: entry.image.digest, signature: order.signature)
    }

    private func next() {
        while !isBusy, let (order, then) = waiting.first {
            waiting.removeFirst()
            if let known = known(order) { then(known) } else { bring(order, then) }
        }
        if !isBusy { rest() }
    }

    private func done(_ result: Result<PreparedImage, ImageError>, _ then: (Result<PreparedImage, ImageError>) -> Void) {
        isBusy = false
        then(result)
        next()
    }

    private func bring(_ order: ImageOrder, _ then: @escaping (Result<PreparedImage, ImageError>) -> Void) {
        var known: DigestCache.Entry?
        if case .file(let path) = order.source { known = digests.known(path) }
        work { [folder, known] () throws(ImageError) in
            try folder.bring(order, known: known)
        } then: { [self] result in
            switch result {
            case .failure(let error): done(.failure(error), then)
            case .success(let brought): take(brought, order, then)
            }
        }
    }

    private func take(
        _ brought: ImageFolder.Brought, _ order: ImageOrder, _ then: @escaping (Result<PreparedImage, ImageError>) -> Void
    ) {
        if case .file(let path) = order.source, let source = brought.source { digests.remember(path, source) }
        if brought.wasDamaged { log(4, "the store's copy of image \(brought.image.digest.text) was damaged and was copied anew") }
        let image = brought.image
        let entry = entry(image.digest) ?? added(image)
        entry.approve(order, brought.status)
        if let copy = copy(entry, order) { return done(.success(copy), then) }
        let slot = entry.freeSlot()
        let path = entry.path(slot)
        work { [folder] () throws(ImageError) in
            try folder.makeSlot(image, at: path)
        } then: { [self] result in
            switch result {
            case .failure(let error): done(.failure(error), then)
            case .success(let status):
                entry.slots[slot].status = status
                done(.success(prepared(entry, slot: slot, order)), then)
            }
        }
    }

    private func added(_ image: ModuleImage) -> StoredImage {
        let entry = StoredImage(image)
        entries.append(entry)
        return entry
    }

    // MARK: - The thread

    /// Nothing waits.
    private func rest() {
        guard let wanted else { return }
        self.wanted = nil
        let digests = wanted()
        // What is about to be removed is looked at again before it is used again.
        var kept: [(digest: ImageDigest, slots: [Int])] = []
        for entry in entries {
            if entry.holders > 0 || digests.contains(entry.image.digest) {
                kept.append((entry.image.digest, entry.forgetFreeSlots()))
            } else {
                entry.forget()
            }
        }
        entries.removeAll { $0.isForgotten }
        for digest in digests where entry(digest) == nil { kept.append((digest, [])) }
        isBusy = true
        background { [folder, kept] in
            folder.clean(keeping: kept)
        } then: { [self] in
            isBusy = false
            next()
        }
    }

    private func work<Value>(
        _ body: @escaping @Sendable () throws(ImageError) -> Value, then: @escaping (Result<Value, ImageError>) -> Void
    ) {
        isBusy = true
        let answer = Answer<Value>()
        background {
            do throws(ImageError) { answer.result = .success(try body()) } catch { answer.result = .failure(error) }
        } then: {
            if let result = answer.result { then(result) }
        }
    }

    /// The way of a result from the thread to the loop: written before, read after.
    private final class Answer<Value>: @unchecked Sendable {
        var result: Result<Value, ImageError>?
    }
}
