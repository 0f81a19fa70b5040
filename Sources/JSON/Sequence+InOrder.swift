extension Sequence {
    /// The elements in order; equal ones stay as they came.
    ///
    /// Insertion, for lists of some hundred: the standard library's `sorted` is twelve times the code, for each type anew.
    /// - Parameter precedes: whether the first must come before the second.
    @inline(never)
    public func inOrder(_ precedes: (Element, Element) -> Bool) -> [Element] {
        var ordered: [Element] = []
        for element in self {
            var place = ordered.count
            while place > 0, precedes(element, ordered[place - 1]) { place -= 1 }
            ordered.insert(element, at: place)
        }
        return ordered
    }
}
