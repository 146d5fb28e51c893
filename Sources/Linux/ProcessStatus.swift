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
        guard let end = text.lastIndex(of: UInt8(ascii: ")")),
            let open = text.firstIndex(of: UInt8(ascii: "(")), open < end,
            let pid = Self.number(text[..<open])
        else { return nil }
        let fields = text[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count >= 20, let state = fields[0].first,
            let parent = Self.number(fields[1]), let session = Self.number(fields[3]),
            let startTime = Self.number(fields[19])
        else { return nil }
        self.pid = Int32(pid)
        self.state = state
        self.parent = Int32(parent)
        self.session = Int32(session)
        self.startTime = UInt64(startTime)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        var seen = false
        for digit in digits where digit != UInt8(ascii: " ") {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product + Int(digit - UInt8(ascii: "0"))
            seen = true
        }
        return seen ? value : nil
    }
}
