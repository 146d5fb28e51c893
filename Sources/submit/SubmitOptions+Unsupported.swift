import CommandLineSupport

extension SubmitOptions {
    /// Slurm's other options (sbatch(1)), which are told apart from mistyped ones.
    static var unsupported: [UnsupportedOption] {
        let withLetters: [(StaticString, Unicode.Scalar)] = [
            ("account", "A"), ("extra-node-info", "B"), ("begin", "b"), ("constraint", "C"),
            ("nodefile", "F"), ("immediate", "I"), ("no-kill", "k"),
            ("licenses", "L"), ("clusters", "M"), ("distribution", "m"), ("nodes", "N"),
            ("overcommit", "O"), ("partition", "p"), ("quiet", "Q"), ("qos", "q"),
            ("core-spec", "S"), ("oversubscribe", "s"), ("verbose", "v"), ("nodelist", "w"),
            ("exclude", "x"),
        ]
        let others: [StaticString] = [
            "acctg-freq", "batch", "bb", "bbf", "cluster-constraint", "container", "contiguous",
            "cores-per-socket", "cpu-freq", "cpus-per-gpu", "deadline", "delay-boot", "exclusive",
            "export-file", "get-user-env", "gid", "gpu-bind", "gpu-freq", "gpus-per-node",
            "gpus-per-socket", "gpus-per-task", "gres-flags", "ignore-pbs", "kill-on-invalid-dep",
            "mail-type", "mail-user", "mcs-label", "mem-bind", "mem-per-gpu", "mincpus", "network",
            "ntasks-per-core", "ntasks-per-gpu", "ntasks-per-node", "ntasks-per-socket", "power",
            "prefer", "profile", "propagate", "reboot", "reservation", "signal",
            "sockets-per-node", "spread-job", "switches", "test-only", "thread-spec",
            "threads-per-core", "time-min", "tmp", "tres-per-task", "uid", "usage", "use-min-nodes",
            "wait-all-nodes", "wckey",
        ]
        return withLetters.map { UnsupportedOption($0, $1) } + others.map { UnsupportedOption($0) }
    }
}
