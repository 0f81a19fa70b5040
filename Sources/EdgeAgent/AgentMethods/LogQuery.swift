import JSON

/// What GetModuleLogs is asked for.
struct LogQuery {
    /// Some modules, and which lines of theirs.
    struct Item {
        /// Found in the names of the modules; nil: all.
        let pattern: TextPattern?
        let filter: LogFilter
    }

    let items: [Item]
    /// `payloadBytes` in gzip's format in place of `payload`.
    let isCompressed: Bool
    /// An array of records in place of lines.
    let isJSON: Bool

    /// No answer is larger, as compact JSON. (IoT Edge)
    static let largestAnswer = 127_000
    /// Our own bound.
    private static let mostItems = 64

    /// - Parameter payload: with `items`, an array or one object, `encoding` and `contentType`.
    init(_ payload: JSONObject, nowMs: Int64) throws(AgentMethodError) {
        guard let given = AgentMethods.member(payload, "items") else {
            throw .invalid("items is missing: [{\"id\":\"MODULE\",\"filter\":{…}}] is expected")
        }
        let array = given.array ?? [given]
        guard array.count <= Self.mostItems else {
            throw .invalid("items has \(array.count) elements; at most \(Self.mostItems) are allowed")
        }
        var items: [Item] = []
        for (index, item) in array.enumerated() {
            let place: Text = given.array == nil ? "items" : "items[\(index)]"
            guard let object = item.object, let id = AgentMethods.member(object, "id") else {
                throw .invalid("\(place) is \(item.shown): an object with an id is expected")
            }
            let name = try AgentMethods.text(id, "\(place).id")
            items.append(
                Item(
                    pattern: ASCII.equalIgnoringCase(name, "all") ? nil : try TextPattern(name, "\(place).id"),
                    filter: try LogFilter(AgentMethods.member(object, "filter"), "\(place).filter", nowMs: nowMs)))
        }
        self.items = items
        isCompressed = try Self.choice(payload, "encoding", "none", "gzip")
        isJSON = try Self.choice(payload, "contentType", "text", "json")
    }

    /// Whether the member has the second value; the first is what counts where there is none.
    private static func choice(_ payload: JSONObject, _ key: Text, _ first: Text, _ second: Text) throws(AgentMethodError) -> Bool {
        guard let value = AgentMethods.member(payload, key) else { return false }
        if let word = value.string {
            if ASCII.equalIgnoringCase(word, first) { return false }
            if ASCII.equalIgnoringCase(word, second) { return true }
        }
        throw .invalid("\(key) is \(value.shown): \(first) or \(second) is expected")
    }

    /// Of a module; nil: it is not asked for. The first item that speaks of it counts.
    func filter(for module: Text) -> LogFilter? {
        items.first { $0.pattern?.matches(module) ?? true }?.filter
    }

    /// The element of the answer for one module.
    func answer(_ module: Text, _ lines: [ModuleLog.Line], device: Text, hub: Text) -> JSON {
        var bytes: [UInt8] = []
        if isJSON {
            let records = lines.map { line in
                let parsed = ParsedLogLine(line)
                return [
                    "iothub": .string(hub), "device": .string(device), "id": .string(module), "stream": "stderr",
                    "loglevel": .integer(Int64(parsed.level)), "text": .string(parsed.text),
                    "timestamp": .string(Text(iso8601Ms: parsed.time)),
                ] as JSON
            }
            bytes = JSON.array(records).bytes()
        } else {
            for line in lines {
                bytes.append(contentsOf: line.text.utf8)
                bytes.append(UInt8(ascii: "\n"))
            }
        }
        if isCompressed { return ["id": .string(module), "payloadBytes": .string(Base64.encode(Gzip.stored(bytes)))] }
        return ["id": .string(module), "payload": .string(Text(utf8: bytes))]
    }
}
