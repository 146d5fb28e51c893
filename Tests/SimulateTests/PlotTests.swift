import Foundation
import FoundationXML
import Testing

@testable import simulate

/// The page that `--plot` draws.
struct PlotTests {
    let folder: SimulateFolder

    init() throws { folder = try SimulateFolder() }

    /// Counts elements and gathers texts, and fails where XML is not well-formed.
    private final class Page: NSObject, XMLParserDelegate {
        var elements: [String: Int] = [:]
        var text = ""

        init(_ data: Data) throws {
            super.init()
            let parser = XMLParser(data: data)
            parser.delegate = self
            try #require(parser.parse(), "\(String(describing: parser.parserError))")
        }

        func parser(
            _ parser: XMLParser,
            didStartElement name: String,
            namespaceURI: String?,
            qualifiedName: String?,
            attributes: [String: String] = [:]
        ) {
            elements[name, default: 0] += 1
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
    }

    private func page(of trace: String, name: String = "t", _ words: String...) throws -> Page {
        try folder.write(name, trace.utf8)
        let run = try folder.simulate(["--trace", name, "--plot", "p.svg", "--procs=4"] + words)
        #expect(run.status == 0, "\(run.errors)")
        return try Page(Data(folder.text("p.svg").utf8))
    }

    @Test func `each of a few jobs has a place of its own and says what it is`() throws {
        let page = try page(of: (1...4).map { traceLine($0, runTime: 1_000, user: $0) }.joined())
        for number in 1...4 { #expect(page.text.contains("job \(number), user \(number):")) }
        #expect(page.text.contains("mean wait") && page.text.contains("Jobs waiting"))
        #expect(!folder.text("p.svg").contains("href"))
    }

    @Test func `a strange name does not break the page`() throws {
        let page = try page(of: traceLine(1), name: "a<b>&\"c\u{1}\u{202E}")
        #expect(page.text.contains("a<b>&\"c\u{FFFD}\u{FFFD}"))
    }

    @Test(arguments: [1, 300, 3_000, 20_000])
    func `any number of jobs fits on a page`(count: Int) throws {
        let lines = (1...count).map {
            traceLine(
                $0,
                submit: $0 * 7,
                runTime: $0 % 97 + 1,
                processors: $0 % 4 + 1,
                user: $0 % 12
            )
        }
        let page = try page(of: lines.joined(), "--backfill=none")
        #expect(folder.text("p.svg").utf8.count < 4_000_000)
        #expect((page.elements["path"] ?? 0) < 60 && (page.elements["svg"] ?? 0) == 1)
    }

    @Test func `a replay of a moment and one of a lifetime have an axis`() throws {
        for runTime in [1, 2_147_483_646] {
            let page = try page(of: traceLine(1, runTime: runTime))
            #expect((page.elements["text"] ?? 0) < 150)
        }
    }

    @Test func `units are drawn once, and each job has as many as it asked for`() throws {
        var state: UInt64 = 11
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<50 {
            let units = 1 + random(12)
            var used = Array(repeating: 0, count: 200)
            var spans: [GanttLayout.Span] = []
            for job in 0..<60 {
                let start = random(150)
                let end = start + 1 + random(40)
                let wanted = 1 + random(units)
                guard used[start..<end].allSatisfy({ $0 + wanted <= units }) else { continue }
                for second in start..<end { used[second] += wanted }
                spans.append(.init(job: job, start: Int64(start), end: Int64(end), units: wanted))
            }
            let blocks = GanttLayout(spans, units: units).blocks
            for span in spans {
                let own = blocks.filter { $0.job == span.job }
                #expect(own.reduce(0) { $0 + $1.units } == span.units)
                #expect(own.allSatisfy { $0.start == span.start && $0.end == span.end })
            }
            var cells: Set<[Int]> = []
            for block in blocks {
                for unit in block.firstUnit..<(block.firstUnit + block.units) {
                    #expect(0..<units ~= unit)
                    for second in block.start..<block.end {
                        #expect(cells.insert([unit, Int(second)]).inserted)
                    }
                }
            }
        }
    }

    @Test func `a job stays in one piece where it can`() {
        let blocks = GanttLayout(
            [
                .init(job: 0, start: 0, end: 10, units: 2),
                .init(job: 1, start: 0, end: 5, units: 1),
                .init(job: 2, start: 0, end: 10, units: 1),
                .init(job: 3, start: 6, end: 9, units: 2),
                .init(job: 4, start: 6, end: 9, units: 1),
            ],
            units: 6
        ).blocks
        let places = blocks.map { [$0.job, $0.firstUnit, $0.units] }
        #expect(places == [[0, 0, 2], [1, 2, 1], [2, 3, 1], [3, 4, 2], [4, 2, 1]])
    }

    @Test func `the means of a series add up to what was added`() {
        var series = TimeSeries(from: 100, to: 200, parts: 7)
        series.add(3, from: 100, to: 200)
        series.add(5, from: 123, to: 124)
        series.add(2, from: 130, to: 177)
        let area = series.values.reduce(0, +) * 100 / 7
        #expect(abs(area - (300 + 5 + 94)) < 1e-9)
        #expect(series.values[0] == 3)
    }

    @Test func `a wait falls into the first class that holds it`() {
        let classes = WaitHistogram([0, 0, 1, 10, 11, 3_600, 86_401, 99_999_999]).classes
        #expect(classes.map(\.count) == [2, 2, 1, 0, 1, 0, 0, 1, 1])
    }
}
