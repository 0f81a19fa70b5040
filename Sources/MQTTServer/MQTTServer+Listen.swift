public import JSON
public import Transport
public import UV

extension MQTTServer {
    /// Serves plain MQTT on a unix socket, mode 0600: for tools of this machine. Tokens are asked for as everywhere.
    /// - Throws: `UVError.addressInUse` where another process listens there; ENAMETOOLONG past 107 bytes.
    public func listen(unixPath: String) throws(UVError) {
        let server = Unmanaged.passUnretained(self)
        add(try Listener.unix(loop, path: unixPath) { server.takeUnretainedValue().accept(Transport($0)) })
    }

    /// Serves MQTT on a port.
    /// - Parameter tls: makes the handshakes; nil: there is no TLS.
    /// - Returns: what is given to `stopListening`.
    /// - Throws: `UVError.addressInUse`, EADDRNOTAVAIL, EACCES for ports below 1024, EINVAL for what is no address.
    public func listen(host: Text, port: UInt16, tls: TLSAcceptor?) throws(UVError) -> Listener {
        let server = Unmanaged.passUnretained(self)
        let listener = try Listener.tcp(loop, host: host.string, port: port) {
            server.takeUnretainedValue().accept(Transport($0, tls: tls))
        }
        add(listener)
        return listener
    }

    /// Closes a port. Its connections live on.
    public func stopListening(_ listener: Listener) { remove(listener) }
}
