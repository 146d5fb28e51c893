internal import Glibc

/// Standard input, output and error, as a program finds them.
enum StandardStreams {
    /// Opens /dev/null in place of those that the caller has closed.
    ///
    /// Else the next file to be opened would have the number, and what is meant for a reader would
    /// be written into it.
    static func fill() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
            // The lowest number that is free.
            _ = open("/dev/null", O_RDWR)
        }
    }
}
