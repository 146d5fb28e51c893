internal import Glibc
public import JobModel

/// An instant as `-S` names it (sacct(1), `--starttime`), in local time.
public struct StartTime: Equatable, Sendable {
    /// The instant.
    public let instant: Timestamp

    /// Reads `now`, `now-2hours`, `today`, `midnight`, `noon`, `HH:MM[:SS]` (of today), `MMDD`,
    /// `MM/DD`, or `YYYY-MM-DD[THH:MM[:SS]]`.
    ///
    /// - Throws: a ``ParseError`` for anything else, and for a day or hour that there is not.
    public init(parsing text: ByteString, now: Timestamp) throws(ParseError) {
        guard let found = Self.read(text.string.lowercased(), now: now) else {
            throw ParseError(text, .instant)
        }
        instant = found
    }

    private static func read(_ text: String, now: Timestamp) -> Timestamp? {
        if text.hasPrefix("now") { return relative(text.dropFirst(3), now) }
        var fields = tm()
        var seconds = time_t(now.seconds)
        unsafe localtime_r(&seconds, &fields)
        var hour: Substring = "0:0:0"
        var day = text[...]
        if let separator = text.firstIndex(of: "t"), text[..<separator].contains("-") {
            day = text[..<separator]
            hour = text[text.index(after: separator)...]
        } else if text.contains(":") {
            day = "today"
            hour = text[...]
        }
        switch day {
        case "today", "midnight": break
        case "noon": hour = "12:00"
        default: guard setDay(day, &fields) else { return nil }
        }
        guard setHour(hour, &fields) else { return nil }
        fields.tm_isdst = -1
        let (wantedDay, wantedMonth) = (fields.tm_mday, fields.tm_mon)
        let result = unsafe mktime(&fields)
        // A day that there is not, such as 30 February, comes out as another one.
        guard result != -1, fields.tm_mday == wantedDay, fields.tm_mon == wantedMonth else {
            return nil
        }
        return Timestamp(microseconds: Int64(result) * 1_000_000)
    }

    private static func relative(_ rest: Substring, _ now: Timestamp) -> Timestamp? {
        let words = rest.filter { $0 != " " }
        guard let sign = words.first else { return now }
        guard sign == "-" || sign == "+" else { return nil }
        let digits = words.dropFirst().prefix { $0.isNumber }
        let units: [String: Int64] = [
            "": 1, "second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800,
        ]
        var unit = String(words.dropFirst(1 + digits.count))
        if unit.hasSuffix("s") { unit.removeLast() }
        guard let number = Int64(digits), number < 1_000_000_000, let factor = units[unit] else {
            return nil
        }
        let shift = number * factor * 1_000_000
        return Timestamp(microseconds: now.microseconds + (sign == "-" ? -shift : shift))
    }

    private static func setDay(_ text: Substring, _ fields: inout tm) -> Bool {
        if text.contains("-") {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0].count == 4, let year = Int32(parts[0]) else {
                return false
            }
            fields.tm_year = year - 1900
            return setMonth(parts[1], parts[2], &fields)
        }
        if text.contains("/") {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            return parts.count == 2 && setMonth(parts[0], parts[1], &fields)
        }
        return text.count == 4 && setMonth(text.prefix(2), text.suffix(2), &fields)
    }

    private static func setMonth(_ month: Substring, _ day: Substring, _ fields: inout tm) -> Bool {
        guard let month = Int32(month), 1...12 ~= month, let day = Int32(day), 1...31 ~= day else {
            return false
        }
        fields.tm_mon = month - 1
        fields.tm_mday = day
        return true
    }

    private static func setHour(_ text: Substring, _ fields: inout tm) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int32($0) }
        guard 2...3 ~= parts.count, let hour = parts[0], 0...23 ~= hour, let minute = parts[1],
            0...59 ~= minute
        else { return false }
        var second: Int32 = 0
        if parts.count == 3 {
            guard let given = parts[2], 0...59 ~= given else { return false }
            second = given
        }
        (fields.tm_hour, fields.tm_min, fields.tm_sec) = (hour, minute, second)
        return true
    }
}
