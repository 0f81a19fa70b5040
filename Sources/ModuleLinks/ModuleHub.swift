public import JSON

/// The hub as the agent sees it: where instances are attached to their identities. All calls on the loop's thread.
public protocol ModuleHub: AnyObject {
    /// Gives a new instance the port of its identity. Its link is called from the next turn of the loop on.
    func attach(_ module: Text, link: any ModuleLink) -> any HubPort

    /// The instance is over: the port is dead, completions for it are dropped. Messages for it wait for the next one.
    func detach(_ port: any HubPort)

    /// The generation id of a module's identity; created with the identity, and kept.
    func generationID(of module: Text) -> Text
}
