internal import JobModel

/// Jobs of which nobody knows how long they will run, the first to come first.
///
/// With each run that is over a few of them are looked at again, so that the work for an end does not
/// grow with the queue.
struct Unforeseen: Sendable {
    /// How many are looked at with each end.
    static let atOnce = 16

    private var jobs: [JobID] = []
    /// Those before it have been looked at.
    private var place = 0

    /// How many are in line, some of which may have gone or come twice.
    var count: Int { jobs.count - place }

    mutating func append(_ job: JobID) { jobs.append(job) }

    /// The next one to look at; nil where there is none.
    mutating func next() -> JobID? {
        guard place < jobs.count else { return nil }
        let job = jobs[place]
        place += 1
        if place > jobs.count / 2 {
            jobs.removeFirst(place)
            place = 0
        }
        return job
    }
}
