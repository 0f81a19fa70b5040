import CMartlet
import JSON

/// The table of host functions that every library instance of this host gets; one for all, never changed.
///
/// The C functions only find the instance and call the method below that does the work.
final class HostTable {
    let pointer: UnsafeMutablePointer<martlet_host_api>

    init() {
        pointer = .allocate(capacity: 1)
        pointer.initialize(
            to: martlet_host_api(
                version: martletABIVersion,
                size: UInt32(MemoryLayout<martlet_host_api>.size),
                error_text: { ResultCode.cText($0) },
                send: { handle, message, done, context in
                    InstanceHandle.call(handle, "send") { $0.send(message, done, context) }
                },
                report: { handle, patch, done, context in
                    InstanceHandle.call(handle, "report") { $0.report(patch, done, context) }
                },
                twin: { handle in
                    var twin = martlet_bytes()
                    _ = InstanceHandle.call(handle, "twin") {
                        twin = $0.twinForModule()
                        return 0
                    }
                    return twin
                },
                invoke: { handle, module, method, payload, timeout, answer, context in
                    InstanceHandle.call(handle, "invoke") { $0.invoke(module, method, payload, timeout, answer, context) }
                },
                answer: { handle, call, status, payload in
                    InstanceHandle.call(handle, "answer") { $0.answer(call, status, payload) }
                },
                log: { InstanceHandle.of($0)?.log($1, $2) },
                timer_start: { handle, after, every, fire, context in
                    InstanceHandle.number(handle, "timer_start") { $0.startTimer(after, every, fire, context) }
                },
                timer_stop: { handle, number in InstanceHandle.call(handle, "timer_stop") { $0.stopTimer(number) } },
                ready: { handle in
                    _ = InstanceHandle.call(handle, "ready") {
                        $0.readyLater()
                        return 0
                    }
                },
                watch_start: { handle, descriptor, events, fire, context in
                    InstanceHandle.number(handle, "watch_start") { $0.startWatch(descriptor, events, fire, context) }
                },
                watch_stop: { handle, number in InstanceHandle.call(handle, "watch_stop") { $0.stopWatch(number) } },
                post: { InstanceHandle.of($0)?.post($1, $2) ?? Int32(MARTLET_ERROR_ARGUMENT) }))
    }

    deinit {
        pointer.deinitialize(count: 1)
        pointer.deallocate()
    }
}
