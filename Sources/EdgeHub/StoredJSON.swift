import JSON

/// JSON objects in the database.
enum StoredJSON {
    static func bytes(_ object: JSONObject) -> [UInt8] { JSON.object(object).bytes() }

    /// nil: damaged.
    static func object(_ bytes: [UInt8]) -> JSONObject? {
        do throws(JSONError) { return try JSON.parse(bytes, memory: .max).object } catch { return nil }
    }
}
