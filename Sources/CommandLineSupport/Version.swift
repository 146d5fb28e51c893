/// The version of all programs.
public enum Version {
    /// Major, minor and patch (semver.org).
    public static let current: StaticString = "0.1.0"
}
