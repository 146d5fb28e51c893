internal import CLinux
internal import Glibc
public import JobModel
internal import Linux

/// The program that runs: what it was given, and how it ends.
public enum Program {
    /// The name that it was called by, without folders.
    public static var name: String {
        guard let word = unsafe CommandLine.unsafeArgv[0] else { return "" }
        let path = unsafe ByteString(cString: word)
        let base = path.bytes.split(separator: UInt8(ascii: "/")).last ?? []
        return String(decoding: base, as: UTF8.self)
    }

    /// The command that starts `schedd`, which has the prefix that this program was installed with.
    public static var startingCommand: String {
        let name = name
        let own = ["submit", "cancel", "control"].first { name.hasSuffix($0) } ?? name
        return "\(name.dropLast(own.count))schedd --background"
    }

    /// The words behind the name, byte by byte as they were given.
    public static var arguments: [ByteString] {
        unsafe ByteString.list(CommandLine.unsafeArgv + 1)
    }

    /// The environment, `NAME=value` each, byte by byte as it was given (environ(7)).
    public static var environment: [ByteString] {
        unsafe clinux_environment().map { unsafe ByteString.list($0) } ?? []
    }

    /// The value of an environment variable; nil where it is not set (getenv(3)).
    public static func variable(_ name: StaticString) -> ByteString? {
        unsafe getenv(name.cString).map { unsafe ByteString(cString: $0) }
    }

    /// Ends the program without a word.
    public static func exit(_ status: ExitStatus) -> Never {
        Glibc.exit(status.rawValue)
    }

    /// Ends the program with one line on standard error, `submit: …`.
    public static func fail(_ message: String, _ status: ExitStatus) -> Never {
        warn(message)
        exit(status)
    }

    /// Writes one line on standard error, `submit: …`.
    public static func warn(_ message: String) {
        StandardError.write(line: "\(name): \(message)")
    }

    /// Writes a result to standard output and ends the program.
    ///
    /// A reader that went away is no error; a full disk is, and told.
    public static func finish(_ output: OutputBuffer, _ status: ExitStatus = .success) -> Never {
        do {
            try output.write(to: STDOUT_FILENO)
        } catch {
            fail("standard output: \(error.reason)", .inputOutput)
        }
        exit(status)
    }
}

extension StaticString {
    /// The text as C reads it; it lives as long as the program.
    var cString: UnsafePointer<CChar> {
        unsafe UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
    }
}

extension ByteString {
    /// The bytes of a C string, without its NUL.
    init(cString: UnsafePointer<CChar>) {
        self.init(unsafe [UInt8](UnsafeRawBufferPointer(start: cString, count: strlen(cString))))
    }

    /// The strings of a C array that ends in a null pointer.
    static func list(_ array: UnsafePointer<UnsafeMutablePointer<CChar>?>) -> [ByteString] {
        var list: [ByteString] = []
        var position = unsafe array
        while let word = unsafe position.pointee {
            list.append(unsafe ByteString(cString: word))
            unsafe position += 1
        }
        return list
    }
}
