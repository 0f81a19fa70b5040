import JSON

/// Text in columns, each as wide as its widest cell.
struct Table {
    private var rows: [[String]]

    init(_ header: [String]) {
        rows = [header]
    }

    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    var text: String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], Self.width(cell))
            }
        }
        var text = ""
        for row in rows {
            for (column, cell) in row.enumerated() {
                text += column == row.count - 1 ? cell : Self.padded(cell, to: widths[column] + 3)
            }
            text += "\n"
        }
        return text
    }

    static func padded(_ cell: String, to width: Int) -> String {
        cell + String(repeating: " ", count: max(0, width - Self.width(cell)))
    }

    /// Code points: near enough to what a terminal shows.
    private static func width(_ cell: String) -> Int {
        var count = 0
        for byte in cell.utf8 where byte & 0xC0 != 0x80 { count += 1 }
        return count
    }
}
