import JSON
import Management
import Testing

@Suite struct MetricsTextTests {
    private func text(_ page: MetricsText) -> String {
        var page = page
        return String(decoding: page.finish(), as: UTF8.self)
    }

    @Test func `a page has its families in order, each with its help, its kind and the labels of all`() {
        var page = MetricsText(labels: [(name: "iothub", value: "h"), (name: "edge_device", value: "")])
        page.begin("a_total", .counter, "Of a.")
        page.add(3, [(name: "id", value: "D/m")])
        page.add(UInt64.max)
        page.begin("none", .gauge, "Left out.")
        page.begin("b_seconds", .gauge, "Of b.")
        page.add(ms: 1_007)
        #expect(
            text(page) == """
                # HELP a_total Of a.
                # TYPE a_total counter
                a_total{iothub="h",id="D/m"} 3
                a_total{iothub="h"} 18446744073709551615
                # HELP b_seconds Of b.
                # TYPE b_seconds gauge
                b_seconds{iothub="h"} 1.007
                # HELP martlet_metrics_left_out Series that this page has no room for.
                # TYPE martlet_metrics_left_out gauge
                martlet_metrics_left_out{iothub="h"} 0

                """)
    }

    @Test func `values of labels are escaped, and a page without labels has no braces`() {
        var page = MetricsText(labels: [])
        page.begin("a", .gauge, "A.")
        page.add(1, [(name: "x", value: "a\"b\\c\nd{é}")])
        page.add(2)
        #expect(text(page).contains("a{x=\"a\\\"b\\\\c\\nd{é}\"} 1\na 2\n"))
    }

    @Test func `a page has a bounded number of series`() {
        var page = MetricsText(labels: [])
        page.begin("a", .gauge, "A.")
        for _ in 0..<MetricsText.mostSeries + 5 { page.add(1) }
        let lines = text(page).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == MetricsText.mostSeries + 1)
        #expect(lines.last == "martlet_metrics_left_out 5")
    }
}
