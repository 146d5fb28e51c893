internal import Glibc

/// A system call that failed: which, on what, and why.
public struct SystemError: Error, Equatable {
    /// The call, such as `open`.
    public let call: String
    /// What it was about, such as a path; may be empty.
    public let object: String
    /// The error number (errno(3)).
    public let code: CInt

    /// A failure of a call.
    public init(call: String, object: String = "", code: CInt) {
        self.call = call
        self.object = object
        self.code = code
    }

    /// The kernel's words for the error number (strerror(3)).
    public var reason: String { unsafe String(cString: strerror(code)) }
}

extension SystemError: CustomStringConvertible {
    /// `open /x: No such file or directory`.
    public var description: String {
        object.isEmpty ? "\(call): \(reason)" : "\(call) \(object): \(reason)"
    }
}

/// What a call returned, tried again as long as a signal interrupts it.
///
/// - Parameters:
///   - name: the call, for the error.
///   - object: what the call is about, for the error.
/// - Throws: the error number, read before anything else can change it. EBADF and EFAULT are
///   mistakes of the program and trap. Not for close(2), which must not be tried again.
@discardableResult
public func syscall<Result: FixedWidthInteger & SignedInteger>(
    _ name: String,
    _ object: @autoclosure () -> String = "",
    _ call: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = call()
        guard result == -1 else { return result }
        let code = errno
        if code == EINTR { continue }
        precondition(code != EBADF && code != EFAULT, "\(name): \(code)")
        throw SystemError(call: name, object: object(), code: code)
    }
}
