extension Sequence {
    /// The elements in order; equal ones stay as they came.
    ///
    /// The standard library's `sorted` is many times the code, for each type anew.
    /// - Parameter precedes: whether the first must come before the second.
    @inline(never)
    public func inOrder(_ precedes: (Element, Element) -> Bool) -> [Element] {
        let elements = Array(self)
        return placesInOrder(elements.count) { precedes(elements[$0], elements[$1]) }.map { elements[$0] }
    }
}

/// The numbers below `count` in order, merged from runs of twice the length each time; once for all types.
@inline(never)
private func placesInOrder(_ count: Int, _ precedes: (Int, Int) -> Bool) -> [Int] {
    var places = Array(0..<count)
    var length = 1
    while length < count {
        var merged: [Int] = []
        merged.reserveCapacity(count)
        for start in stride(from: 0, to: count, by: 2 * length) {
            let (middle, end) = (Swift.min(start + length, count), Swift.min(start + 2 * length, count))
            var (left, right) = (start, middle)
            while left < middle || right < end {
                let takesRight = left == middle || right < end && precedes(places[right], places[left])
                merged.append(places[takesRight ? right : left])
                if takesRight { right += 1 } else { left += 1 }
            }
        }
        places = merged
        length *= 2
    }
    return places
}
