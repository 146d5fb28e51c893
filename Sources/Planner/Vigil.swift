import JobModel

/// What is kept from all others for a candidate that has waited as long as any may.
///
/// A reservation in time alone could slip for ever, since estimates may be wrong again and again.
/// So whatever goes in front of this candidate either ends by its reserved start at its limit, not
/// by an estimate, or leaves so much of the machine alone that the candidate fits beside all such
/// runs. Then it starts at the latest when all runs have ended that were there before it came to
/// the head, and those with a limit that passed it in that time.
struct Vigil {
    let job: JobID
    /// The GPUs that nobody else gets in the second way.
    let gpus: GPUSet
    /// The runs that went in front in the second way.
    var beside: Set<RunID> = []
}
