internal import Glibc
public import JobModel

/// Instants in the machine's time zone, as Slurm prints them.
public enum LocalTime {
    /// Adds `2026-11-24T07:27:46`, or `N/A` where there is no instant (localtime_r(3)).
    public static func append(_ instant: Timestamp?, to buffer: inout OutputBuffer) {
        guard let instant else {
            buffer.append("N/A")
            return
        }
        var seconds = time_t(instant.seconds)
        var fields = tm()
        guard unsafe localtime_r(&seconds, &fields) != nil else {
            buffer.append("N/A")
            return
        }
        buffer.append(number: fields.tm_year + 1_900, digits: 4)
        buffer.append(UInt8(ascii: "-"))
        buffer.append(number: fields.tm_mon + 1, digits: 2)
        buffer.append(UInt8(ascii: "-"))
        buffer.append(number: fields.tm_mday, digits: 2)
        buffer.append(UInt8(ascii: "T"))
        buffer.append(number: fields.tm_hour, digits: 2)
        buffer.append(UInt8(ascii: ":"))
        buffer.append(number: fields.tm_min, digits: 2)
        buffer.append(UInt8(ascii: ":"))
        buffer.append(number: fields.tm_sec, digits: 2)
    }

    /// The instant as a string.
    public static func string(_ instant: Timestamp?) -> String {
        var buffer = OutputBuffer()
        append(instant, to: &buffer)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }
}
