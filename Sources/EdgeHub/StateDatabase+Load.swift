import JSON
import ModuleIdentities
import ModuleLinks
import ModuleTwins
import SQLite

extension StateDatabase {
    /// All twins and the numbers of all queues.
    func load() throws(HubError) -> StateSnapshot {
        do throws(SQLiteError) {
            var snapshot = StateSnapshot()
            snapshot.queues = try loadQueues()
            snapshot.twins = try loadTwins()
            return snapshot
        } catch {
            throw HubError(opening: path, error)
        }
    }

    private func loadQueues() throws(SQLiteError) -> [QueueTotals] {
        let rows = try database.prepare(
            """
            SELECT id, endpoint, priority, length, bytes, oldest, last_sequence, dropped_full, dropped_expired, dropped_unstored
            FROM queues ORDER BY id
            """)
        var result: [QueueTotals] = []
        while try rows.step() {
            var totals = QueueTotals(id: rows.integer(0), endpoint: rows.text(1), priority: Int(rows.integer(2)))
            // A card that was in a 64-bit board may hold more than a 32-bit one counts.
            totals.length = min(Int(clamping: rows.integer(3)), HubLimits.largestQueueBytes)
            totals.bytes = min(Int(clamping: rows.integer(4)), HubLimits.largestQueueBytes)
            totals.oldestMs = rows.isNull(5) ? nil : rows.integer(5)
            totals.lastSequence = rows.integer(6)
            totals.dropped.full = UInt64(clamping: rows.integer(7))
            totals.dropped.expired = UInt64(clamping: rows.integer(8))
            totals.dropped.unstored = UInt64(clamping: rows.integer(9))
            queues[totals.id] = totals
            result.append(totals)
        }
        return result
    }

    private func loadTwins() throws(SQLiteError) -> [TwinRecord] {
        let rows = try database.prepare(
            """
            SELECT device, module, generation, revision, tags, desired, desired_version, desired_updated,
                   reported, reported_version, reported_updated, manifest_desired FROM twins
            """)
        var result: [TwinRecord] = []
        while try rows.step() {
            let module = rows.text(1)
            let identity = ModuleIdentity(deviceID: rows.text(0), moduleID: module.isEmpty ? nil : module)
            let twin = Twin(
                identity: identity, generationID: rows.text(2), revision: UInt64(clamping: rows.integer(3)),
                tags: try object(rows, 4, of: identity),
                desired: TwinSection(
                    properties: try object(rows, 5, of: identity), version: UInt64(clamping: rows.integer(6)),
                    lastUpdated: rows.text(7)),
                reported: TwinSection(
                    properties: try object(rows, 8, of: identity), version: UInt64(clamping: rows.integer(9)),
                    lastUpdated: rows.text(10)))
            result.append(TwinRecord(twin: twin, manifestDesired: try object(rows, 11, of: identity)))
        }
        return result
    }

    private func object(_ rows: Statement, _ column: Int, of identity: ModuleIdentity) throws(SQLiteError) -> JSONObject {
        let value: JSON
        do throws(JSONError) {
            value = try JSON.parse(rows.bytes(column))
        } catch {
            throw SQLiteError(damaged: "the twin of \(identity.path) is no JSON", path: path)
        }
        guard let object = value.object else {
            throw SQLiteError(damaged: "the twin of \(identity.path) is no JSON object", path: path)
        }
        return object
    }
}
