/// MQTT packets as a client writes them, by hand: what the server must understand is not written with the server's own code.
enum Wire {
    static func string(_ text: String) -> [UInt8] { block(Array(text.utf8)) }
    static func block(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes }

    static func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
        var length = body.count
        var header = [first]
        repeat {
            header.append(UInt8(length & 127) | (length > 127 ? 128 : 0))
            length >>= 7
        } while length > 0
        return header + body
    }

    static func connect(
        _ clientID: String, userName: String?, password: String?, clean: Bool = true, keepAlive: UInt16 = 60,
        will: (topic: String, payload: String)? = nil, level: UInt8 = 4
    ) -> [UInt8] {
        var flags: UInt8 = clean ? 2 : 0
        var body: [UInt8] = []
        body += string(clientID)
        if let will {
            flags |= 4
            body += string(will.topic) + string(will.payload)
        }
        if let userName {
            flags |= 128
            body += string(userName)
        }
        if let password {
            flags |= 64
            body += string(password)
        }
        let head = string("MQTT") + [level, flags, UInt8(keepAlive >> 8), UInt8(keepAlive & 255)]
        return packet(0x10, head + body)
    }

    static func publish(_ topic: String, _ payload: String = "", id: UInt16 = 0, quality: UInt8? = nil, flags: UInt8 = 0) -> [UInt8] {
        publish(topic, Array(payload.utf8), id: id, quality: quality, flags: flags)
    }

    static func publish(_ topic: String, _ payload: [UInt8], id: UInt16 = 0, quality: UInt8? = nil, flags: UInt8 = 0) -> [UInt8] {
        let quality = quality ?? (id == 0 ? 0 : 1)
        return packet(0x30 | quality << 1 | flags, string(topic) + (quality == 0 ? [] : number(id)) + payload)
    }

    static func acknowledge(_ id: UInt16) -> [UInt8] { packet(0x40, number(id)) }

    static func subscribe(_ filters: [(String, UInt8)], id: UInt16 = 1) -> [UInt8] {
        packet(0x82, number(id) + filters.flatMap { string($0.0) + [$0.1] })
    }

    static func unsubscribe(_ filters: [String], id: UInt16 = 1) -> [UInt8] {
        packet(0xA2, number(id) + filters.flatMap { string($0) })
    }

    static let ping: [UInt8] = [0xC0, 0]
    static let disconnect: [UInt8] = [0xE0, 0]

    static func number(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
}
