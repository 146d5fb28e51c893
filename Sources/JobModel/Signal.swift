/// A signal by its number on Linux (signal(7)).
public struct Signal: Hashable, Sendable {
    /// The number, 1 to 64.
    public let number: Int32

    /// The signal of this number.
    public init(number: Int32) {
        precondition((1...Self.largestNumber).contains(number), "no such signal")
        self.number = number
    }

    /// The highest number that the kernel knows.
    public static let largestNumber: Int32 = 64

    /// The request to end.
    public static let terminate = Signal(number: 15)
    /// The end that cannot be refused.
    public static let kill = Signal(number: 9)

    /// The names of 1 to 31, without SIG, as x86-64 and arm64 number them.
    static var names: [String] {
        [
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
            "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN",
            "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
        ]
    }
}
