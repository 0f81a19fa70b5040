extension Host {
    /// Calls `ready` whenever the file descriptor is ready for one of the events, again and again as long as it is: read, write, or
    /// stop the watch. The descriptor becomes non-blocking, and stays the module's: stop the watch before it is closed.
    /// - Returns: the watch; it stops when it is dropped.
    /// - Throws: ``HostError/argument`` for what cannot be watched (an ordinary file), or if there are more than 64 watches: the
    ///   log says which.
    public func watch(
        _ fileDescriptor: Int32, for events: FileEvents = .readable, _ ready: @escaping (FileEvents) -> Void
    ) throws(HostError) -> Watch {
        try Watch.start(self, fileDescriptor, events, ready)
    }

    /// The way from other threads to the module. Ask on the module's thread, and hand it to the others.
    public func poster<Instance: Module>(_ module: Instance) -> Poster<Instance> {
        Poster(api, instance, module)
    }
}
