import JSON

/// The subscriptions of a session that mean something, with their QoS, 0 or 1.
struct SubscriptionSet: Equatable {
    private struct Entry: Equatable {
        let subscription: Subscription
        let quality: UInt8
    }

    /// The form that is stored: its version, then for each subscription kind, QoS, and the name of an input with its length before it.
    private static let version: UInt8 = 1
    private var entries: [Entry] = []

    init() {}

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// The QoS of a subscription; nil: there is none.
    func quality(of subscription: Subscription) -> UInt8? {
        for entry in entries where entry.subscription == subscription { return entry.quality }
        return nil
    }

    /// The best QoS of all by which messages for an input come; nil: none do.
    func quality(ofInput input: Text) -> UInt8? {
        var best: UInt8?
        for entry in entries {
            switch entry.subscription {
            case .module, .inputs: break
            case .input(let name): guard name == input else { continue }
            default: continue
            }
            best = max(best ?? 0, entry.quality)
        }
        return best
    }

    /// Takes the place of the one that is there. [MQTT-3.8.4-3]
    /// - Returns: false: there are too many, and all is as before.
    mutating func add(_ subscription: Subscription, quality: UInt8) -> Bool {
        let entry = Entry(subscription: subscription, quality: quality)
        if let index = entries.firstIndex(where: { $0.subscription == subscription }) {
            entries[index] = entry
            return true
        }
        guard entries.count < MQTTLimits.subscriptions else { return false }
        entries.append(entry)
        if stored.count <= MQTTLimits.storedSession { return true }
        entries.removeLast()
        return false
    }

    mutating func remove(_ subscription: Subscription) {
        entries.removeAll { $0.subscription == subscription }
    }

    var stored: [UInt8] {
        var bytes = [Self.version]
        for entry in entries {
            bytes.append(Self.kind(entry.subscription))
            bytes.append(entry.quality)
            guard case .input(let name) = entry.subscription else { continue }
            bytes.append(UInt8(truncatingIfNeeded: name.utf8.count))
            bytes.append(contentsOf: name.utf8)
        }
        return bytes
    }

    /// nil: these are not the bytes of a set.
    init?(stored: [UInt8]) {
        guard stored.count <= MQTTLimits.storedSession, stored.first == Self.version else { return nil }
        var rest = stored.dropFirst()
        while let kind = rest.popFirst() {
            guard let quality = rest.popFirst(), quality < 2 else { return nil }
            let subscription: Subscription
            if kind == Self.kind(.input("")) {
                guard let length = rest.popFirst(), length > 0, rest.count >= Int(length) else { return nil }
                let name = rest.prefix(Int(length))
                guard name.withUnsafeBytes({ UTF8Check.isWellFormed($0) }) else { return nil }
                subscription = .input(Text(utf8: name))
                rest = rest.dropFirst(Int(length))
            } else {
                guard let plain = Self.plain.first(where: { Self.kind($0) == kind }) else { return nil }
                subscription = plain
            }
            guard self.quality(of: subscription) == nil, add(subscription, quality: quality) else { return nil }
        }
    }

    private static let plain: [Subscription] = [.module, .inputs, .cloudToDevice, .methods, .desired, .twinResponses]

    private static func kind(_ subscription: Subscription) -> UInt8 {
        switch subscription {
        case .module: 1
        case .inputs: 2
        case .input: 3
        case .cloudToDevice: 4
        case .methods: 5
        case .desired: 6
        case .twinResponses: 7
        case .nothing, .foreign: 0
        }
    }
}
