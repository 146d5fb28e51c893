public import JobModel

/// A listing whose columns are as wide as what stands in them.
public struct Table: Sendable {
    /// A column: its head, and on which side its cells stand.
    public struct Column: Sendable {
        /// The head.
        public var title: String
        /// Where the cells stand.
        public var alignment: Alignment

        /// A column.
        public init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    private let columns: [Column]
    private var cells = OutputBuffer()
    private var ends: [Int] = []
    private var styles: [TextStyle] = []

    /// A table without a line.
    public init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds the next cell; after a line's last cell comes the next line's first.
    ///
    /// - Parameter cell: adds the text, fit for a terminal.
    public mutating func add(
        _ style: TextStyle = .plain,
        _ cell: (inout OutputBuffer) -> Void
    ) {
        cell(&cells)
        ends.append(cells.bytes.count)
        styles.append(style)
    }

    /// Adds a cell from outside, escaped.
    public mutating func add(_ text: ByteString, _ style: TextStyle = .plain) {
        add(style) { TerminalText.append(text, to: &$0) }
    }

    /// Adds a cell from outside, escaped.
    public mutating func add(_ text: String, _ style: TextStyle = .plain) {
        add(style) { TerminalText.append(text, to: &$0) }
    }

    /// Adds the lines to an output, two blanks between columns and none at a line's end.
    public func write(
        to buffer: inout OutputBuffer,
        withHeader: Bool = true,
        isColoured: Bool = false
    ) {
        var table = self
        if withHeader {
            var head = Table(columns)
            for column in columns { head.add(column.title, .bold) }
            for cell in ends.indices { head.add(styles[cell]) { $0.append(raw: text(of: cell)) } }
            table = head
        }
        let widths = columns.indices.map { column in
            stride(from: column, to: table.ends.count, by: columns.count).reduce(0) {
                Swift.max($0, TerminalText.width(of: table.text(of: $1).bytes.span))
            }
        }
        for cell in table.ends.indices {
            let column = cell % columns.count
            let isLast = column == columns.count - 1
            let start = buffer.bytes.count
            buffer.append(raw: table.text(of: cell))
            if !isLast || columns[column].alignment == .right {
                buffer.pad(from: start, to: widths[column], columns[column].alignment)
            }
            if isColoured { buffer.style(table.styles[cell], from: start) }
            buffer.append(isLast ? "\n" : "  ")
        }
    }

    private func text(of cell: Int) -> ByteString {
        ByteString(Array(cells.bytes[(cell == 0 ? 0 : ends[cell - 1])..<ends[cell]]))
    }
}
