import JobModel
import Testing

/// What jobs have written of themselves, one line each time they start and stop: the attempt, what
/// it does, the CPUs that it may use, and its supervisor.
///
/// The lines are in the order in which they were written: each is one write(2) to a file that is
/// added to.
struct Witness {
    /// The script of the jobs; its argument is for how long they last, in sleep(1)'s words.
    static let script = """
        #!/bin/sh
        while read -r key value; do
            case $key in Cpus_allowed_list:) cpus=$value ;; esac
        done < /proc/self/status
        echo "${SLUICE_ATTEMPT%@*} start $cpus $PPID" >> witness
        sleep $1
        echo "${SLUICE_ATTEMPT%@*} stop $cpus $PPID" >> witness

        """

    /// One line.
    struct Line {
        var attempt: AttemptID
        var isStart: Bool
        var cpus: CPUSet
        var supervisor: Int32
    }

    let lines: [Line]

    init(_ texts: [String]) throws {
        lines = try texts.map { text in
            let words = text.split(separator: " ")
            let numbers = words.first?.split(separator: ".").compactMap { Int64($0) } ?? []
            guard words.count == 4, numbers.count == 2, let supervisor = Int32(words[3]) else {
                throw NeverHappened(what: "'\(text)' is a line of a witness")
            }
            return Line(
                attempt: AttemptID(job: JobID(rawValue: numbers[0]), number: Int(numbers[1])),
                isStart: words[1] == "start",
                cpus: try CPUSet(parsing: ByteString(String(words[2]))),
                supervisor: supervisor
            )
        }
    }

    /// How often an attempt started and how often it stopped.
    func counts(of attempt: AttemptID) -> (starts: Int, stops: Int) {
        let own = lines(of: attempt)
        return (own.filter(\.isStart).count, own.filter { !$0.isStart }.count)
    }

    /// What an attempt has written.
    func lines(of attempt: AttemptID) -> [Line] { lines.filter { $0.attempt == attempt } }

    /// The attempts that one of these supervisors had.
    func attempts(of supervisors: Set<Int32>) -> Set<AttemptID> {
        Set(lines.filter { supervisors.contains($0.supervisor) }.map(\.attempt))
    }

    /// The places of a job's lines.
    func places(of job: JobID) -> [Int] {
        lines.indices.filter { lines[$0].attempt.job == job }
    }

    /// Checks that no CPU was used by two attempts at a time.
    ///
    /// - Parameter killed: attempts that may end without a word, their supervisor killed; they hold
    ///   their CPUs until somebody else gets one of them.
    func checkThatNoCPUWasShared(killed: Set<AttemptID>) {
        var holders: [Int: AttemptID] = [:]
        var gone: Set<AttemptID> = []
        for line in lines {
            #expect(!gone.contains(line.attempt), "\(line.attempt) ran on without its CPUs")
            for cpu in line.cpus {
                if let holder = holders[cpu], holder != line.attempt {
                    #expect(killed.contains(holder), "\(holder) and \(line.attempt) on \(cpu)")
                    gone.insert(holder)
                }
                holders[cpu] = line.isStart ? line.attempt : nil
            }
        }
    }
}
