internal import Glibc

/// Users as the system's name services know them (getpwuid(3)).
enum SystemUser {
    static func name(of uid: UInt32) -> String? {
        unsafe getpwuid(uid).map { unsafe String(cString: $0.pointee.pw_name) }
    }
}
