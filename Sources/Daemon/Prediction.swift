internal import JobModel
internal import Planner
internal import QueueStore

/// How long a job will run, from how long its like have run (Tsafrir, Etsion, Feitelson, TPDS 2007).
struct Prediction: Sendable {
    /// The jobs of one user and one name, of which a prediction is made.
    struct Kind: Hashable, Sendable {
        var uid: UInt32
        var name: ByteString

        fileprivate var keys: [RunTimeKey] {
            RunTimeKey.all(name: name, user: String(uid), partition: "main")
        }
    }

    /// Whether anything is predicted; what ends is remembered all the same.
    var isOn: Bool
    private var history = RunTimeHistory<RunTimeKey>()

    /// How many of the last runs are looked at after a start of `schedd`.
    static let remembered = 10_000

    init(isOn: Bool, from runs: [PastRun]) {
        self.isOn = isOn
        for run in runs { learn(run) }
    }

    /// The seconds that a job is expected to run, no more than its limit; nil where nobody knows.
    func seconds(of kind: Kind, limit: Int64?) -> Int64? {
        isOn ? history.prediction(under: kind.keys, limit: limit) : nil
    }

    /// Takes note of a run that is over.
    mutating func learn(_ run: PastRun) {
        let keys = Kind(uid: run.uid, name: run.name).keys
        history.record(run.seconds, hasFailed: run.hasFailed, under: keys)
    }
}
