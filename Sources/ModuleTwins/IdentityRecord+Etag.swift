public import JSON
public import ModuleIdentities

extension IdentityRecord {
    /// Differs after each change of the record; the `deviceEtag` of the twin. In IoT Hub's form, `AAAAAAAAAAc=`.
    public var etag: Text { Text(etagOf: revision) }
}
