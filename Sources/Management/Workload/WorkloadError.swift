import HTTP
import JSON

/// Why the workload API refuses a request: its own status, as IoT Edge's daemon has them.
struct WorkloadError: Error {
    let status: Int
    let message: Text

    init(_ status: Int, _ message: Text) {
        self.status = status
        self.message = message
    }

    init(_ error: ControlError) {
        self.init(error.status, error.message)
    }
}
