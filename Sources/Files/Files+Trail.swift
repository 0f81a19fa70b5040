import CPOSIX

extension Files {
    /// Where a path leads: every link on the way, with the links in its folder followed, and last what is there or would be. At most 40
    /// places, as many links as the system follows.
    public static func trail(_ path: String) -> [String] {
        var places: [String] = []
        var todo = components(absolute(path))
        var folder = ""
        while !todo.isEmpty {
            let name = todo.removeFirst()
            if name.utf8.elementsEqual("..".utf8) {
                folder = parent(folder) ?? ""
                continue
            }
            let place = folder + "/" + name
            let target = places.count < 40 ? link(place) : nil
            if target != nil || todo.isEmpty { places.append(place) }
            guard let target else {
                folder = place
                continue
            }
            if target.utf8.first == UInt8(ascii: "/") { folder = "" }
            todo = components(target) + todo
        }
        return places
    }

    private static func components(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }.filter {
            !$0.utf8.elementsEqual(".".utf8)
        }
    }

    /// What a link says; nil: it is none.
    private static func link(_ path: String) -> String? {
        let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: 4096)
        defer { buffer.deallocate() }
        let length = readlink(path, buffer, 4096)
        guard length > 0 else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: buffer, count: length), as: UTF8.self)
    }
}
