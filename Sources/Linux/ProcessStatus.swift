internal import Glibc

/// What the kernel says of a process (proc(5), /proc/pid/stat).
public struct ProcessStatus: Hashable, Sendable {
    /// The process.
    public let pid: Int32
    /// One letter, such as `S`; `Z` is one that has ended and waits to be reaped.
    public let state: UInt8
    /// Its parent; 0 where that is outside the pid namespace.
    public let parent: Int32
    /// The leader of its session.
    public let session: Int32
    /// When it started, in clock ticks since the boot: what tells it from another one that got its
    /// number later.
    public let startTime: UInt64

    /// Number and start time: together they are used once.
    public struct Identity: Hashable, Sendable {
        /// The process's number.
        public let pid: Int32
        /// Clock ticks since the boot.
        public let startTime: UInt64
    }

    /// What tells it from every other process.
    public var identity: Identity { Identity(pid: pid, startTime: startTime) }

    /// Whether it has ended and only waits to be reaped.
    public var isZombie: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }

    /// Looks a process up; nil where there is none, or it is not to be seen.
    public init?(of pid: Int32) {
        self.init(path: "/proc/\(pid)/stat")
    }

    /// The calling process.
    public static var own: ProcessStatus? { ProcessStatus(path: "/proc/self/stat") }

    private init?(path: String) {
        guard let file = try? openFile(in: AT_FDCWD, Array(path.utf8), O_RDONLY),
            let text = try? file.readOnce(upTo: 1_024)
        else { return nil }
        self.init(parsing: text)
    }

    /// Reads the text of such a file; nil where it is none.
    init?(parsing text: [UInt8]) {
        // The name may hold anything, closing brackets and blanks too: it ends at the last one.
        guard let end = text.lastIndex(of: UInt8(ascii: ")")), end + 2 < text.count else {
            return nil
        }
        var position = 0
        guard let pid = Self.number(in: text, &position) else { return nil }
        state = text[end + 2]
        position = end + 4
        var fields = (parent: 0, session: 0, startTime: 0)
        for field in 4...22 {
            // The group of a terminal may be -1.
            if position < text.count, text[position] == UInt8(ascii: "-") { position += 1 }
            guard let value = Self.number(in: text, &position) else { return nil }
            switch field {
            case 4: fields.parent = value
            case 6: fields.session = value
            case 22: fields.startTime = value
            default: break
            }
        }
        self.pid = Int32(truncatingIfNeeded: pid)
        parent = Int32(truncatingIfNeeded: fields.parent)
        session = Int32(truncatingIfNeeded: fields.session)
        startTime = UInt64(fields.startTime)
    }

    /// The digits from a position on, which moves behind them and the blank that follows.
    private static func number(in text: [UInt8], _ position: inout Int) -> Int? {
        let start = position
        var value = 0
        while position < text.count, case let digit = text[position] &- UInt8(ascii: "0"),
            digit < 10
        {
            value = value &* 10 &+ Int(digit)
            position += 1
        }
        guard position > start else { return nil }
        position += 1
        return value
    }
}
