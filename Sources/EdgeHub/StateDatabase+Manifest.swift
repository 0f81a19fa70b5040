import JSON
import ModuleLinks
import SQLite

extension StateDatabase {
    /// What the manifest said last of the desired properties of these identities, where it says something else now.
    /// - Returns: as many as there are sections; nil: the same.
    func manifestsBefore(_ sections: [(id: Int64, properties: JSONObject)]) -> Result<[JSONObject?], HubError> {
        do throws(SQLiteError) {
            var result: [JSONObject?] = []
            for section in sections {
                let before = try manifestBytes(of: section.id)
                // Nothing is parsed where nothing has changed.
                result.append(before == StoredJSON.bytes(section.properties) ? nil : try manifest(before, section.id))
            }
            return .success(result)
        } catch {
            return .failure(HubError(readingTwins: path, error))
        }
    }

    /// What the manifest said last of one identity.
    func manifest(of id: Int64) -> Result<JSONObject, HubError> {
        do throws(SQLiteError) {
            return .success(try manifest(manifestBytes(of: id), id))
        } catch {
            return .failure(HubError(readingTwins: path, error))
        }
    }

    private func manifest(_ bytes: [UInt8], _ id: Int64) throws(SQLiteError) -> JSONObject {
        if let object = StoredJSON.object(bytes) { return object }
        throw SQLiteError(damaged: "what the manifest said last of identity \(id) is no JSON object", path: path)
    }

    private func manifestBytes(of id: Int64) throws(SQLiteError) -> [UInt8] {
        let row = try statement("SELECT body FROM manifest_desired WHERE id = ?")
        try row.bind(1, id)
        defer { row.reset() }
        // It has said nothing yet.
        return try row.step() ? row.bytes(0) : Array("{}".utf8)
    }
}
