import CMartlet
import JSON
import Messages
import ModuleLinks
import UV

/// What a module asks of the host. Each of these is called from C, by the module, on the loop's thread.
extension LibraryInstance {
    func send(_ message: UnsafePointer<martlet_message>?, _ done: martlet_done?, _ context: UnsafeMutableRawPointer?) -> Int32 {
        guard let port, let message else { return Int32(MARTLET_ERROR_ARGUMENT) }
        let copy: Message
        do throws(RefusedMessage) {
            copy = try Message(of: port.moduleName, message, &outputs)
        } catch {
            log(level: Int32(MARTLET_LOG_ERROR), "send: \(error.reason)")
            return error.code
        }
        if let done {
            port.send(copy) { [self] error in
                callBack(.done) { done(context, error.map(ResultCode.of) ?? Int32(MARTLET_OK), 0) }
            }
        } else {
            port.send(copy, done: nil)
        }
        return Int32(MARTLET_OK)
    }

    func report(_ patch: martlet_bytes, _ done: martlet_done?, _ context: UnsafeMutableRawPointer?) -> Int32 {
        guard let port, let bytes = patch.bytes else { return Int32(MARTLET_ERROR_ARGUMENT) }
        guard let patch = json("report", bytes) else { return Int32(MARTLET_ERROR_ARGUMENT) }
        guard let object = patch.object else {
            log(level: Int32(MARTLET_LOG_ERROR), "report: the patch is not a JSON object")
            return Int32(MARTLET_ERROR_ARGUMENT)
        }
        guard let done else {
            port.report(object, done: nil)
            return Int32(MARTLET_OK)
        }
        port.report(object) { [self] result in
            callBack(.done) {
                switch result {
                case .success(let version): done(context, Int32(MARTLET_OK), version)
                case .failure(let error): done(context, ResultCode.of(error), 0)
                }
            }
        }
        return Int32(MARTLET_OK)
    }

    func twinForModule() -> martlet_bytes {
        keep(twin())
    }

    func invoke(
        _ module: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?, _ payload: martlet_bytes, _ timeoutMs: UInt32,
        _ answer: martlet_answer?, _ context: UnsafeMutableRawPointer?
    ) -> Int32 {
        guard let port, let module, let method, let answer, let bytes = payload.bytes else { return Int32(MARTLET_ERROR_ARGUMENT) }
        guard let payload = bytes.isEmpty ? .null : json("invoke", bytes) else { return Int32(MARTLET_ERROR_ARGUMENT) }
        port.invoke(
            module: Text(String(cString: module)), method: Text(String(cString: method)), payload: payload,
            timeoutMs: UInt64(timeoutMs == 0 ? 30_000 : timeoutMs)
        ) { [self] outcome in
            callBack(.answer) {
                switch outcome {
                case .answered(let status, let payload):
                    payload.bytes().withUnsafeBytes {
                        answer(context, Int32(MARTLET_OK), Int32(truncatingIfNeeded: status), martlet_bytes($0))
                    }
                case .notFound: answer(context, Int32(MARTLET_ERROR_NOT_FOUND), 0, martlet_bytes())
                case .timedOut: answer(context, Int32(MARTLET_ERROR_TIMEOUT), 0, martlet_bytes())
                case .busy: answer(context, Int32(MARTLET_ERROR_FULL), 0, martlet_bytes())
                case .invalid(let reason):
                    log(level: Int32(MARTLET_LOG_ERROR), "invoke: \(reason)")
                    answer(context, Int32(MARTLET_ERROR_ARGUMENT), 0, martlet_bytes())
                }
            }
        }
        return Int32(MARTLET_OK)
    }

    func answer(_ token: OpaquePointer?, _ status: Int32, _ payload: martlet_bytes) -> Int32 {
        guard let bytes = payload.bytes, let payload = bytes.isEmpty ? .null : json("answer", bytes) else {
            return Int32(MARTLET_ERROR_ARGUMENT)
        }
        guard let call = calls.remove(Int(bitPattern: token)) else { return Int32(MARTLET_ERROR_NOT_FOUND) }
        call.end(.answered(status: Int(status), payload: payload))
        return Int32(MARTLET_OK)
    }

    func log(_ level: Int32, _ line: Text) {
        log(level: min(max(level, 0), Int32(MARTLET_LOG_DEBUG)), line)
    }

    func startTimer(_ afterMs: UInt64, _ everyMs: UInt64, _ fire: martlet_fire?, _ context: UnsafeMutableRawPointer?) -> UInt64 {
        guard let fire, port != nil else { return 0 }
        let timer = Timer(loop)
        guard let number = timers.insert(timer) else {
            log(level: Int32(MARTLET_LOG_ERROR), "timer_start: more than \(TimerTable.limit) timers")
            return 0
        }
        timer.start(afterMs: afterMs, everyMs: everyMs) { [self] in
            if everyMs == 0 { _ = timers.remove(number) }
            callBack(.timer) { fire(context) }
        }
        return number
    }

    func stopTimer(_ number: UInt64) -> Int32 {
        guard let timer = timers.remove(number) else { return Int32(MARTLET_ERROR_NOT_FOUND) }
        timer.stop()
        return Int32(MARTLET_OK)
    }

    func startWatch(
        _ descriptor: Int32, _ events: Int32, _ fire: martlet_watch_fire?, _ context: UnsafeMutableRawPointer?
    ) -> UInt64 {
        guard let fire, port != nil else { return 0 }
        let problem: Text
        if events & Int32(MARTLET_READABLE | MARTLET_WRITABLE | MARTLET_HANG_UP | MARTLET_PRIORITY) != events || events == 0 {
            problem = "the events are \(events), not a sum of MARTLET_READABLE, _WRITABLE, _HANG_UP and _PRIORITY"
        } else if watches.isFull {
            problem = "more than \(WatchTable.limit) watches"
        } else {
            do throws(UVError) {
                return try watches.start(loop, descriptor: descriptor, events: PollEvents(rawValue: events)) { [self] number, events in
                    if events == .failed { _ = watches.remove(number) }
                    callBack(.watch) { fire(context, events == .failed ? Int32(MARTLET_BROKEN) : events.rawValue) }
                }
            } catch {
                problem = "descriptor \(descriptor) cannot be watched: \(Text(error.description))"
            }
        }
        log(level: Int32(MARTLET_LOG_ERROR), "watch_start: \(problem)")
        return 0
    }

    func stopWatch(_ number: UInt64) -> Int32 {
        Int32(watches.remove(number) ? MARTLET_OK : MARTLET_ERROR_NOT_FOUND)
    }

    func readyLater() {
        if port != nil { ready() }
    }

    /// nil: not JSON; the log says where.
    private func json(_ function: Text, _ bytes: [UInt8]) -> JSON? {
        do throws(JSONError) {
            return try JSON.parse(bytes)
        } catch {
            log(level: Int32(MARTLET_LOG_ERROR), "\(function): not JSON: line \(error.line), column \(error.column): \(Text(error.reason))")
            return nil
        }
    }
}
