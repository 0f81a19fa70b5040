import MQTT
import ModuleLinks
import Transport
import UV

// What goes to the client: gathered, and written once a turn.
extension MQTTConnection {
    /// Bytes that the client has not read, as far as this process knows.
    var unsentBytes: Int { output.count + transport.unsentBytes }

    /// Adds to what is written at the end of this turn.
    @inline(__always)
    func write(_ append: (inout [UInt8]) -> Void) {
        if !isDirty { beginOutput() }
        append(&output)
    }

    func write(_ packet: OutgoingPacket) {
        write { packet.append(to: &$0) }
    }

    private func beginOutput() {
        isDirty = true
        output = server.takeOutput()
        server.flushLater(self)
    }

    /// Whether the hub may deliver more.
    func hasRoom() -> Bool {
        if unsentBytes <= server.limits.unsentBytes { return true }
        isHeldUp = true
        return false
    }

    /// Writes what was gathered.
    func flush() {
        guard isDirty else { return }
        isDirty = false
        let bytes = output
        output = []
        if isOpen {
            server.counters.bytesOut += UInt64(bytes.count)
            transport.write(bytes)
        }
        server.giveBackOutput(bytes)
        madeRoom()
    }

    /// The system has taken some of what is for the client.
    func madeRoom() {
        guard isOpen, unsentBytes <= server.limits.unsentBytes / 2 else { return }
        if isHeldUp {
            isHeldUp = false
            client?.port?.takesMore()
        }
        goOn()
    }
}
