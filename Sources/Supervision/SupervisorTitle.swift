internal import CLinux
internal import Glibc
internal import JobModel

/// What a supervisor shows of the attempt that it serves: the argument that ps(1) lists, and the
/// marker in its environment, by which it is found where its record was unlinked.
///
/// Both are rewritten in place, so both have room for any attempt from the start, filled with blanks.
struct SupervisorTitle {
    /// Bytes of an attempt's job and number, and a dot.
    private static let attemptRoom = 40
    /// Bytes of an attempt, and of a device and an inode.
    private static let markerRoom = attemptRoom + 42

    /// The argument, with its room.
    let argument: ByteString
    /// The variable, with its room.
    let variable: ByteString

    init(of attempt: AttemptID, marker: ByteString) {
        argument = Self.padded(ByteString("\(attempt)"), to: Self.attemptRoom)
        variable = Self.padded(marker, to: Spool.markerName.utf8.count + 1 + Self.markerRoom)
    }

    private static func padded(_ text: ByteString, to room: Int) -> ByteString {
        let blanks = max(0, room - text.bytes.count)
        return ByteString(text.bytes + [UInt8](repeating: UInt8(ascii: " "), count: blanks))
    }

    /// Shows an attempt, which has its marker in its environment.
    ///
    /// - Throws: where there is no room for it.
    static func show(_ attempt: AttemptID, _ environment: [ByteString]) throws(MalformedBytes) {
        let prefix = Array("\(Spool.markerName)=".utf8)
        guard let marker = environment.last(where: { $0.bytes.starts(with: prefix) }) else {
            throw MalformedBytes()
        }
        let value = CStrings([ByteString(Array(marker.bytes.dropFirst(prefix.count)))])
        guard unsafe clinux_set_title("\(attempt)", Spool.markerName, value.pointers[0]) == 0 else {
            throw MalformedBytes()
        }
    }

    /// Shows that it serves none.
    ///
    /// Between any two attempts, so that no look at it can take the one's beginning and the other's
    /// end for a third.
    static func clear() {
        unsafe clinux_set_title("idle", Spool.markerName, "")
    }
}
