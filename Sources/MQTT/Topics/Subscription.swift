public import JSON
public import ModuleIdentities

/// What a topic filter means for a client. (IoT Hub: MQTT support; edgeHub: SessionStateParser)
public enum Subscription: Hashable, Sendable {
    /// `devices/{d}/modules/{m}/#`: all inputs, as the SDKs of C and C# ask for them.
    case module
    /// `devices/{d}/modules/{m}/inputs/#`, or `inputs/+/#`: all inputs, as Python and Node.js ask for them.
    case inputs
    /// `devices/{d}/modules/{m}/inputs/{input}/#`
    case input(Text)
    /// `devices/{d}/messages/devicebound/#`, of a device.
    case cloudToDevice
    /// `$iothub/methods/POST/#`
    case methods
    /// `$iothub/twin/PATCH/properties/desired/#`
    case desired
    /// `$iothub/twin/res/#`
    case twinResponses
    /// Nothing is ever delivered on it. It is granted, as edgeHub does.
    case nothing
    /// Of another identity: it is refused.
    case foreign

    /// - Parameters:
    ///   - filter: UTF-8 with wildcards where they may stand, as `TopicFilters` has checked it.
    ///   - identity: whose connection it is. Ids compare byte by byte, as they are or percent-encoded, and never as wildcards.
    public init(_ filter: UnsafeRawBufferPointer, of identity: ModuleIdentity) {
        var reader = TopicReader(filter)
        switch reader.owner(identity) {
        case .own: self = Self.own(&reader, isModule: identity.moduleID != nil)
        case .other: self = Self.hasWildcardID(filter) ? .nothing : .foreign
        case .none:
            self =
                if reader.take("$iothub/methods/POST/#") {
                    .methods
                } else if reader.take("$iothub/twin/PATCH/properties/desired/#") {
                    .desired
                } else if reader.take("$iothub/twin/res/#") {
                    .twinResponses
                } else {
                    .nothing
                }
        }
    }

    private static func own(_ reader: inout TopicReader, isModule: Bool) -> Subscription {
        guard isModule else { return reader.take("messages/devicebound/#") ? .cloudToDevice : .nothing }
        if reader.take("#") { return .module }
        guard reader.take("inputs/") else { return .nothing }
        if reader.take("#") || reader.take("+/#") { return .inputs }
        guard let input = reader.level(), reader.take("#") else { return .nothing }
        let name = Text(utf8: input)
        return IdentifierRules.problem(inEndpointName: name) == nil ? .input(name) : .nothing
    }

    /// `devices/+/…`, `devices/{d}/modules/+/…`: such a filter asks for what nobody gets.
    private static func hasWildcardID(_ filter: UnsafeRawBufferPointer) -> Bool {
        filter.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).prefix(4).contains {
            $0.elementsEqual("+".utf8) || $0.elementsEqual("#".utf8)
        }
    }
}
