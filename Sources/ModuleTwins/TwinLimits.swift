/// IoT Hub's limits on twins, in bytes of UTF-8 where nothing else is said.
/// Source: Azure documentation, "Understand and use device twins in IoT Hub", and edgeHub's validator of reported properties.
public enum TwinLimits {
    /// Of one section, counted as IoT Hub does: see `JSONObject.twinSize`.
    public static let sectionBytes = 32 * 1024
    /// Of the tags, counted likewise.
    public static let tagsBytes = 8 * 1024
    /// Of what is kept of a section or of tags, with times, versions and whatever IoT Hub does not count: arrays and objects, and strings,
    /// that are empty. Our own bound; without it a twin would grow without end.
    /// - Parameter limit: how much may count.
    public static func keptBytes(_ limit: Int) -> Int { 8 * limit }
    /// Of one reported patch, as compact JSON.
    public static let patchBytes = 32 * 1024
    public static let keyBytes = 1024
    public static let stringBytes = 4096
    /// Objects and arrays inside each other; the section itself is level 0.
    public static let depth = 10
    public static let smallestInteger: Int64 = -4_503_599_627_370_496
    public static let largestInteger: Int64 = 4_503_599_627_370_495
}
