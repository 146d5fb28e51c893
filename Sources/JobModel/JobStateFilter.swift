/// The states that a user asks for (squeue(1), `--states`).
public struct JobStateFilter: Hashable, Sendable {
    /// The states, in the order of ``JobState``'s cases; none where only states of Slurm's were
    /// named that no job here can have.
    public let states: [JobState]

    /// These states.
    public init(_ states: some Sequence<JobState>) {
        let wanted = Array(states)
        self.states = JobState.allCases.filter { wanted.contains($0) }
    }

    /// Names and codes with commas between, in any case, or `all`.
    ///
    /// Slurm's other states, such as `CG` or `SUSPENDED`, are known names that match no job.
    ///
    /// - Throws: a ``ParseError`` with the word that is no state.
    public init(parsing list: ByteString) throws(ParseError) {
        var states: [JobState] = []
        for word in list.bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        {
            let name = ByteString(Array(word))
            if word.equalsIgnoringCase("all") {
                states += JobState.allCases
            } else if let state = try? JobState(parsing: name) {
                states.append(state)
            } else if !Self.otherNames.contains(where: { word.equalsIgnoringCase($0) }) {
                throw ParseError(name, .jobState)
            }
        }
        self.init(states)
    }

    /// Whether jobs in a state are asked for.
    public func contains(_ state: JobState) -> Bool { states.contains(state) }

    /// Slurm's states that no job here has (squeue(1), JOB STATE CODES).
    private static var otherNames: [String] {
        [
            "bf", "boot_fail", "cf", "configuring", "cg", "completing", "dl", "deadline", "oom",
            "out_of_memory", "pr", "preempted", "rd", "resv_del_hold", "rf", "requeue_fed", "rh",
            "requeue_hold", "rq", "requeued", "rs", "resizing", "rv", "revoked", "se",
            "special_exit", "si", "signaling", "so", "stage_out", "st", "stopped", "s",
            "suspended",
        ]
    }
}
