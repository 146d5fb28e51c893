internal import Glibc
public import JobModel
public import Linux

/// Bytes to be written in one go, so that nothing waits for a slow terminal in between.
public struct OutputBuffer: Sendable {
    /// What is in it so far.
    public internal(set) var bytes: [UInt8] = []

    /// An empty buffer, perhaps with room for so many bytes.
    public init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Adds a byte.
    public mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Adds a text as it is; it is the caller's own, since nothing in it is escaped.
    public mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Adds bytes as they are.
    public mutating func append(raw text: Span<UInt8>) {
        unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Adds bytes as they are.
    public mutating func append(raw text: ByteString) {
        bytes.append(contentsOf: text.bytes)
    }

    /// Adds a number in decimal, without a string in between.
    @inlinable public mutating func append(number: some FixedWidthInteger) {
        append(
            magnitude: UInt64(truncatingIfNeeded: number.magnitude),
            isNegative: number < 0,
            width: 0
        )
    }

    /// Adds a number of 0 or more in decimal, with zeros before it up to a width.
    @inlinable public mutating func append(number: some FixedWidthInteger, digits width: Int) {
        append(
            magnitude: UInt64(truncatingIfNeeded: number.magnitude),
            isNegative: false,
            width: width
        )
    }

    @usableFromInline mutating func append(magnitude: UInt64, isNegative: Bool, width: Int) {
        var rest = magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0 || bytes.count - start < width
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        var low = start
        var high = bytes.count - 1
        while low < high {
            bytes.swapAt(low, high)
            low += 1
            high -= 1
        }
    }

    /// Adds a length of time as squeue(1) prints it: `1:08`, `1-02:00:00`.
    public mutating func append(_ time: ElapsedTime) {
        if time.days > 0 {
            append(number: time.days)
            append(UInt8(ascii: "-"))
        }
        if time.seconds >= 3_600 {
            append(number: time.hours, digits: time.days > 0 ? 2 : 1)
            append(UInt8(ascii: ":"))
        }
        append(number: time.minutes, digits: time.seconds >= 3_600 ? 2 : 1)
        append(UInt8(ascii: ":"))
        append(number: time.seconds % 60, digits: 2)
    }

    /// Writes everything, however many calls it takes (write(2)).
    ///
    /// A pipe that nobody reads any more is no error.
    public func write(to descriptor: CInt) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            do {
                written += try syscall("write") {
                    unsafe bytes.withUnsafeBytes { buffer in
                        unsafe Glibc.write(
                            descriptor,
                            buffer.baseAddress?.advanced(by: written),
                            buffer.count - written
                        )
                    }
                }
            } catch  where error.code == EPIPE {
                return
            }
        }
    }
}
