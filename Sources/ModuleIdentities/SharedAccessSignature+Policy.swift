public import JSON

// Tokens of a policy of the service side, not of a device or module.
extension SharedAccessSignature {
    /// Whether it is good for a policy.
    /// - Parameters:
    ///   - policy: its name.
    ///   - key: the bytes, not their base64.
    ///   - hosts: the names that this device answers for. The token is for one of them as a whole, or for a path there, of which what is
    ///     asked for must be a part.
    ///   - path: what is asked for, in decoded segments.
    ///   - now: seconds since 1970; nil: the clock is not plausible yet, and the expiry is not checked.
    /// - Throws: what is wrong with it.
    public func check(policy: Text, key: [UInt8], hosts: [Text], path: [Text], now: Int64?) throws(SASError) {
        guard self.policy == policy else {
            throw SASError(.wrongIdentity, "the token is of the policy \((self.policy ?? "").quoted), not of \(policy.quoted)")
        }
        let audience = PercentCoding.decode(resource.bytes[...]) ?? resource
        let parts = audience.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Text(utf8: $0) }
        let scope = parts.dropFirst().filter { !$0.isEmpty }
        guard let host = parts.first, hosts.contains(where: { ASCII.equalIgnoringCase($0, host) }) else {
            throw SASError(.wrongHost, "the token is for the host \((parts.first ?? "").quoted); use \(hosts.listed(last: "or"))")
        }
        guard scope.count <= path.count, zip(scope, path).allSatisfy({ ASCII.equalIgnoringCase($0, $1) }) else {
            throw SASError(.wrongIdentity, "the token is for \(audience.quoted) only")
        }
        try checkTime(now)
        guard isSigned(with: key) else {
            throw SASError(.wrongSignature, "the token was not signed with the key of the policy \(policy.quoted)")
        }
    }
}
