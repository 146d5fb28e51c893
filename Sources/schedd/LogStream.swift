import CommandLineSupport
import Glibc
import JobModel

/// Where the log goes, without ever waiting for whoever reads it: jobs are not to wait with it.
///
/// What finds no room is lost, and counted. The descriptor itself stays as it is, since others may
/// have it, too, who would be surprised by O_NONBLOCK.
struct LogStream {
    private let descriptor: CInt
    /// How many lines have been lost since one could last be told of that.
    private var lost = 0

    init(to descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Writes a line, or loses it.
    ///
    /// - Parameter tellLoss: makes the line that says how many were lost before.
    mutating func write(_ line: OutputBuffer, tellLoss: (Int) -> OutputBuffer) {
        if lost > 0, take(tellLoss(lost)) { lost = 0 }
        if !take(line) { lost += 1 }
    }

    /// Whether there was room.
    private func take(_ line: OutputBuffer) -> Bool {
        guard hasRoom else { return false }
        try? Self.cut(line).write(to: descriptor)
        return true
    }

    /// A pipe that has room takes as much as ``most`` at once (pipe(7)), a socket more; a file always
    /// has room.
    private var hasRoom: Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&ready, 1, 0) != 0
    }

    /// Bytes of the longest line: PIPE_BUF.
    private static let most = 4_096

    private static func cut(_ line: OutputBuffer) -> OutputBuffer {
        guard line.bytes.count > most else { return line }
        var output = OutputBuffer(capacity: most)
        output.append(raw: ByteString(Array(line.bytes.prefix(most - 4))))
        output.append("...\n")
        return output
    }
}
