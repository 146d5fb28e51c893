internal import Glibc
public import Linux

extension Trace {
    /// Reads a trace, packed by gzip(1) or not, from where a descriptor stands to its end.
    ///
    /// Takes memory for the jobs alone, however long the lines and whatever comes out of packed
    /// data.
    ///
    /// - Throws: a ``TraceError`` where there is no trace in it.
    public init(reading file: borrowing Descriptor) throws(TraceError) {
        var input = try Self.piece(of: file)
        var reader = TraceReader()
        if input.starts(with: Inflater.magic) {
            var inflater = Inflater()
            while !input.isEmpty {
                try inflater.inflate(&input) { reader.read($0) }
                input = try Self.piece(of: file)
            }
            try inflater.finish()
        } else {
            while !input.isEmpty {
                reader.read(input.span)
                input = try Self.piece(of: file)
            }
        }
        self = try reader.finish()
    }

    /// Reads the trace in a file.
    ///
    /// - Parameter path: need not be valid UTF-8.
    /// - Throws: a ``TraceError`` where there is no trace in it.
    public init(path: [UInt8]) throws(TraceError) {
        let file: Descriptor
        do {
            file = try openFile(in: AT_FDCWD, path, O_RDONLY | O_NOCTTY)
        } catch {
            throw TraceError(error)
        }
        try self.init(reading: file)
    }

    /// The next bytes, as many as a pipe may need several calls for; empty at the end.
    private static func piece(of file: borrowing Descriptor) throws(TraceError) -> [UInt8] {
        do {
            var bytes = try file.readOnce(upTo: 262_144)
            // Packed data is known by its first two bytes.
            if bytes.count == 1 { bytes += try file.readOnce(upTo: 262_144) }
            return bytes
        } catch {
            throw TraceError(error)
        }
    }
}
