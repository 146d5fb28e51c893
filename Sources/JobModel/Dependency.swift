/// What a job waits for (sbatch(1), `--dependency`).
public struct Dependency: Hashable, Sendable {
    /// Whether all conditions must hold (`,`) or one is enough (`?`).
    public enum Combination: Sendable {
        /// All of them.
        case all
        /// Any one of them.
        case any
    }

    /// How a condition looks at the job that it names, under Slurm's words.
    public enum Kind: String, CaseIterable, Sendable {
        /// That job has started, or was cancelled, so many minutes ago.
        case after
        /// That job has ended, however.
        case afterany
        /// That job has ended with exit status 0.
        case afterok
        /// That job has ended in any other way.
        case afternotok
        /// The task of the same index has ended with exit status 0.
        case aftercorr
        /// That job's burst buffer is free again; without burst buffers, as soon as it has ended.
        case afterburstbuffer
        /// No earlier job of the same name and user is left.
        case singleton
    }

    /// One condition.
    public struct Condition: Hashable, Sendable {
        /// What is looked for.
        public var kind: Kind
        /// The job or array task; nil for `singleton` alone.
        public var job: JobReference?
        /// Minutes after the start, for `after`; else 0.
        public var minutes: Int

        /// A condition on a job.
        public init(kind: Kind, job: JobReference?, minutes: Int = 0) {
            self.kind = kind
            self.job = job
            self.minutes = minutes
        }
    }

    /// How the conditions go together.
    public var combination: Combination
    /// The conditions in the order given; at least one.
    public var conditions: [Condition]

    /// These conditions together.
    public init(_ combination: Combination, _ conditions: [Condition]) {
        self.combination = combination
        self.conditions = conditions
    }
}
