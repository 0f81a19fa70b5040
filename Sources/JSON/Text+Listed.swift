extension Array where Element == Text {
    /// For messages: `a, b or c`.
    public func listed(last word: Text) -> Text {
        var text = ""
        for (index, element) in enumerated() {
            if index > 0 { text += index == count - 1 ? " \(word) " : ", " }
            text += element.string
        }
        return Text(text)
    }
}
