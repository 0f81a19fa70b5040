import JSON
import Messages
import ModuleLinks
import SQLite

extension StateDatabase {
    /// About this much is read at one time, and at most 256 messages.
    private static let readBytes = 64 * 1024

    /// The next messages of a queue, oldest first; at least one where there is one.
    /// - Parameter after: the last one that was read.
    func read(queue: Int64, after: Int64) -> Result<[StoredMessage], HubError> {
        do throws(SQLiteError) {
            let rows = try statement(
                "SELECT key, enqueued, expires, bytes, body FROM messages WHERE key > ? AND key <= ? ORDER BY key LIMIT 256")
            try rows.bind(1, MessageKey.key(queue, after))
            try rows.bind(2, MessageKey.key(queue, MessageKey.lastSequence))
            defer { rows.reset() }
            var messages: [StoredMessage] = []
            var bytes = 0
            while try rows.step() {
                let size = StateDatabase.messageSize(rows.integer(3))
                messages.append(
                    StoredMessage(
                        sequence: MessageKey.sequence(rows.integer(0)), message: rows.withBytes(4) { MessageCodec.decode($0) },
                        bytes: size, enqueuedMs: rows.integer(1), expires: rows.integer(2)))
                bytes &+= size
                if bytes >= StateDatabase.readBytes { break }
            }
            return .success(messages)
        } catch {
            return .failure(HubError(reading: path, error))
        }
    }
}
