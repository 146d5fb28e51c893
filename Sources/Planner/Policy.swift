/// In which order candidates are looked at.
///
/// Among equals the one submitted first goes first, then the lowest number. Below, e is the
/// estimate in seconds, w the time waited, p the cores, s the seconds since the first submission,
/// counted from 1.
public enum Policy: String, Hashable, Sendable, CaseIterable {
    /// In order of submission.
    case fifo
    /// The shortest estimate first.
    case sjf
    /// The shortest remaining time first; one that is much shorter stops others that run.
    case srtf
    /// The smallest area first: e·p (Carastan-Santos et al., CCGrid 2019).
    case saf
    /// The highest (w/e)³·p first (Tang et al., Cluster 2009).
    case wfp3
    /// The highest w/(log₂(max(p, 2))·e) first (Tang et al., Cluster 2009).
    case unicep
    /// The lowest log₁₀(e)·p + 870·log₁₀(s) first (Carastan-Santos, Camargo, SC 2017).
    case f1
    /// The shortest remaining time first, walking on past what does not fit.
    case greedy
    /// The highest priority first: weighted age and size, and what the site and the user say.
    case multifactor
}
