import JSON
import Messages
import ModuleLinks
import SQLite

extension StateDatabase {
    /// About this much is read at one time, and at most 32 messages.
    private static let readBytes = 256 * 1024

    /// The next messages of a queue, oldest first; at least one where there is one.
    /// - Parameter after: the last one that was read.
    func read(queue: Int64, after: Int64) -> Result<[StoredMessage], HubError> {
        do throws(SQLiteError) {
            let rows = try statement(
                "SELECT sequence, enqueued, ttl, bytes, body FROM messages WHERE queue = ? AND sequence > ? ORDER BY sequence LIMIT 32")
            try rows.bind(1, queue)
            try rows.bind(2, after)
            defer { rows.reset() }
            var messages: [StoredMessage] = []
            var bytes = 0
            while try rows.step() {
                bytes += Int(rows.integer(3))
                messages.append(
                    StoredMessage(
                        sequence: rows.integer(0), message: MessageCodec.decode(rows.bytes(4)), enqueuedMs: rows.integer(1),
                        timeToLiveMs: rows.integer(2)))
                if bytes >= StateDatabase.readBytes { break }
            }
            return .success(messages)
        } catch {
            return .failure(HubError(reading: path, error))
        }
    }
}
