internal import Glibc

/// An open file, closed when it goes out of use.
public struct Descriptor: ~Copyable, Sendable {
    /// The descriptor's number, valid as long as this value lives.
    public let number: CInt

    /// Takes over an open descriptor.
    public init(owning number: CInt) {
        self.number = number
    }

    /// Gives the number away; whoever takes it closes it.
    public consuming func release() -> CInt {
        let number = number
        discard self
        return number
    }

    deinit {
        close(number)
    }
}
