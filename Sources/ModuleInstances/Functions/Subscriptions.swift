import Deployment
import FFI
import JSON
import UV

/// The callbacks of one instance: what the library calls, on whatever thread, becomes messages. On the loop's thread.
final class Subscriptions {
    private let loop: Loop
    private let sources: [FunctionTable.Source]
    private let emit: (_ output: Text, _ body: JSON) -> Void
    private let warn: (_ line: Text) -> Void
    private var callbacks: Callbacks?
    private var wakeup: Wakeup?
    /// How many of the sources have their callback.
    private var subscribed = 0
    /// Calls that became no message, and how many of them the log knows.
    private var lost: UInt64 = 0
    private var logged: UInt64 = 0

    /// - Parameter emit: gets the output and `{"arguments": […]}` of each call.
    /// - Parameter warn: gets lines for the log.
    init(
        _ loop: Loop, _ sources: [FunctionTable.Source], emit: @escaping (_ output: Text, _ body: JSON) -> Void,
        warn: @escaping (_ line: Text) -> Void
    ) {
        self.loop = loop
        self.sources = sources
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
            let wakeup = try Wakeup(loop) { [self] in drain() }
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
            let result = callbacks.pass(index, to: source.subscribe)
            if let expect = source.callback.expect, result != expect {
                throw FunctionError(
                    .result,
                    "callback \(source.callback.name.quoted): \(source.callback.subscribe) returned \(result), and \(expect) is expected")
            }
            subscribed = index + 1
        }
    }

    /// Ends all in the reverse order, and makes messages of what was called before.
    ///
    /// - Returns: false where the library has no way to end it: it may call for ever, so it must not be unloaded.
    func stop() -> Bool {
        guard let callbacks else { return true }
        var mayUnload = true
        while subscribed > 0 {
            subscribed -= 1
            if let unsubscribe = sources[subscribed].unsubscribe {
                _ = callbacks.pass(subscribed, to: unsubscribe)
            } else {
                mayUnload = false
            }
        }
        callbacks.close()
        drain()
        if !mayUnload { callbacks.keep() }
        self.callbacks = nil
        wakeup?.close()
        wakeup = nil
        return mayUnload
    }

    private func drain() {
        guard let taken = callbacks?.take() else { return }
        for call in taken.calls {
            emit(sources[call.callback].callback.output, ["arguments": .array(call.arguments)])
        }
        lost += taken.overflowed + taken.tooLarge
        // A flood of calls must not become a flood of lines.
        guard lost > 0, lost >= 2 * logged else { return }
        logged = lost
        let reason: Text = taken.overflowed > 0 ? "more than 1 MiB of calls waited" : "their arguments were larger than a message may be"
        warn("callbacks: \(lost) calls were dropped until now, the last because \(reason)")
    }
}
