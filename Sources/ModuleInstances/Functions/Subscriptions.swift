import Deployment
import FFI
import JSON
import UV

/// The callbacks of one instance: what the library calls, on whatever thread, becomes messages. On the loop's thread.
final class Subscriptions {
    /// Calls that become messages in one turn of the loop: others have their turn between them.
    private static let batchCount = 256

    private let loop: Loop
    private let sources: [FunctionTable.Source]
    private let mark: CallMark?
    private let emit: (_ output: Text, _ body: JSON) -> Void
    private let warn: (_ line: Text) -> Void
    private var callbacks: Callbacks?
    private var wakeup: Wakeup?
    /// How many of the sources have their callback.
    private var subscribed = 0
    /// After `stop`: false where the library has no way to end what was subscribed. It may call for ever, so it must not be unloaded.
    private(set) var mayUnload = true
    private var isDraining = false
    /// Calls that became no message, and how many of them the log knows.
    private var lost: UInt64 = 0
    private var logged: UInt64 = 0

    /// - Parameters:
    ///   - mark: marks the calls into the library; nil: nobody needs to know.
    ///   - emit: gets the output and `{"arguments": […]}` of each call.
    ///   - warn: gets lines for the log.
    init(
        _ loop: Loop, _ sources: [FunctionTable.Source], mark: CallMark?, emit: @escaping (_ output: Text, _ body: JSON) -> Void,
        warn: @escaping (_ line: Text) -> Void
    ) {
        self.loop = loop
        self.sources = sources
        self.mark = mark
        self.emit = emit
        self.warn = warn
    }

    /// Subscribes all in order. Calls may come from here on, and become messages in later turns of the loop.
    ///
    /// - Throws: the first that does not return what it must; `stop` then ends those before.
    func start() throws(FunctionError) {
        if sources.isEmpty { return }
        let callbacks: Callbacks
        do throws(UVError) {
            let wakeup = try Wakeup(loop) { [self] in drainInTurns() }
            wakeup.keepsLoopRunning(false)
            self.wakeup = wakeup
            callbacks = Callbacks(descriptor: wakeup.descriptor)
            self.callbacks = callbacks
        } catch {
            throw FunctionError(.result, "callbacks need an eventfd: \(Text(error.message))")
        }
        for source in sources {
            do throws(FFIError) {
                try callbacks.add(source.callback.parameters, returns: source.callback.returns)
            } catch {
                throw FunctionError(.result, "callback \(source.callback.name.quoted): \(error.reason)")
            }
        }
        for (index, source) in sources.enumerated() {
            let outer = mark.enter(.function)
            let result = callbacks.pass(index, to: source.subscribe)
            mark.leave(outer)
            if let expect = source.callback.expect, result != expect {
                throw FunctionError(
                    .result,
                    "callback \(source.callback.name.quoted): \(source.callback.subscribe) returned \(result), and \(expect) is expected")
            }
            subscribed = index + 1
        }
    }

    /// Ends all in the reverse order, and makes messages of what was called before. What is called from here on is dropped; it is safe
    /// until this object goes, so that goes after the library, or stays with it.
    func stop() {
        while subscribed > 0 {
            subscribed -= 1
            if let unsubscribe = sources[subscribed].unsubscribe {
                let outer = mark.enter(.function)
                _ = callbacks?.pass(subscribed, to: unsubscribe)
                mark.leave(outer)
            } else {
                mayUnload = false
            }
        }
        callbacks?.close()
        while drain() {}
        wakeup?.close()
        wakeup = nil
    }

    /// After `stop`: the library stays in memory, and what it may call stays with it.
    func keep() {
        callbacks?.keep()
    }

    /// A library may call faster than messages are sent.
    private func drainInTurns() {
        guard !isDraining, wakeup != nil, drain() else { return }
        isDraining = true
        loop.soon { [self] in
            isDraining = false
            drainInTurns()
        }
    }

    /// - Returns: whether more may wait.
    private func drain() -> Bool {
        guard let taken = callbacks?.take(most: Self.batchCount) else { return false }
        for call in taken.calls {
            emit(sources[call.callback].callback.output, ["arguments": .array(call.arguments)])
        }
        lost += taken.overflowed + taken.tooLarge
        // A flood of calls must not become a flood of lines.
        if lost > 0, lost >= 2 * logged {
            logged = lost
            let isTooMuch = taken.overflowed > 0
            let reason: Text = isTooMuch ? "more than 1 MiB of calls waited" : "their arguments were larger than a message may be"
            warn("callbacks: \(lost) calls were dropped until now, the last because \(reason)")
        }
        return taken.calls.count == Self.batchCount
    }
}
