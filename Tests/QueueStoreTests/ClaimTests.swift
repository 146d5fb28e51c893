import JobModel
import SQLite
import Testing

@testable import QueueStore

struct ClaimTests {
    let queue: TestQueue

    init() throws { queue = try TestQueue() }

    @Test func `a job is claimed once`() throws {
        let job = try queue.submit()
        let claimed = try #require(try queue.claim(job))
        #expect(claimed.attempt == AttemptID(job: job, number: 1))
        #expect(claimed.array == nil && claimed.taskIndex == nil)
        #expect(try queue.claim(job) == nil)
        #expect(try queue.store.waitingJob(job) == nil)
    }

    @Test func `a claim is what runs, with all that it holds`() throws {
        let job = try queue.submit {
            $0.timeLimit = .seconds(60)
            $0.allowsRequeue = true
            $0.request.tasks = 2
        }
        queue.now.microseconds += 5
        let text = "cpu=0-3 gpu=GPU-a:1000 mem=4096"
        let claimed = try #require(try queue.claim(job, text))
        let running = try queue.store.runningJobs()
        #expect(running.count == 1)
        let run = try #require(running.first)
        #expect(run.attempt == claimed.attempt && run.boot == "boot" && run.claimed == queue.now)
        #expect(run.allocation == (try Allocation(parsing: ByteString(text))))
        #expect(run.timeLimit == .seconds(60) && run.allowsRequeue == true)
        #expect(run.request.tasks == 2)
        let record = try queue.record(job)
        #expect(record.state == .running && record.started == queue.now && record.attempts == 1)
        #expect(record.allocation == run.allocation)
    }

    @Test func `what is held, waits for another, was cancelled or is over is not claimed`() throws {
        let first = try queue.submit()
        let held = try queue.submit { $0.isHeld = true }
        let dependent = try queue.submit(after: "afterany:\(first)")
        let cancelled = try queue.submit()
        try queue.cancel("\(cancelled)")
        let over = try queue.submit()
        try queue.run(over)
        for job in [held, dependent, cancelled, over, JobID(rawValue: 99)] {
            #expect(try queue.claim(job) == nil, "\(job)")
        }
        #expect(try queue.count("SELECT count(*) FROM attempt") == 1)
    }

    @Test func `an array's tasks start in order, each with a number of its own`() throws {
        let array = try queue.submit(array: "9,1-5:2")
        var seen: [Int] = []
        var numbers: Set<JobID> = [array]
        while let claimed = try queue.claim(array) {
            #expect(claimed.array == array)
            seen.append(try #require(claimed.taskIndex))
            #expect(numbers.insert(claimed.attempt.job).inserted)
        }
        #expect(seen == [1, 3, 5, 9])
        #expect(try queue.store.waitingJob(array) == nil)
        #expect(try queue.store.runningJobs().allSatisfy { $0.array == array })
    }

    @Test func `ranges that interlock start in order, too`() throws {
        let array = try queue.submit(array: "0-20:4,1-21:5,3")
        var seen: [Int] = []
        while let claimed = try queue.claim(array) { seen.append(try #require(claimed.taskIndex)) }
        #expect(seen == seen.sorted() && Set(seen).count == seen.count)
        #expect(Set(seen) == [0, 4, 8, 12, 16, 20, 1, 6, 11, 21, 3])
    }

    @Test func `an array of a million tasks starts and is cancelled at once`() throws {
        let array = try queue.submit(array: "0-999999")
        #expect(try queue.claim(array)?.taskIndex == 0)
        #expect(try queue.claim(array)?.taskIndex == 1)
        #expect(try queue.store.waitingJob(array)?.count == 999_998)
        #expect(try queue.cancel("\(array)").filter { $0 == .done }.count == 1)
        #expect(try queue.claim(array) == nil)
        #expect(try queue.count("SELECT count(*) FROM job") == 4)
    }

    @Test func `a task knows the array that was submitted`() throws {
        let array = try queue.submit(array: "2-10:4%1")
        try queue.cancel("\(array)_6")
        let claimed = try #require(try queue.claim(array))
        let facts = try #require(try queue.store.launchMaterial(claimed.spec).array)
        #expect(facts.first == 2 && facts.last == 10 && facts.step == 4 && facts.count == 3)
    }

    @Test func `a claim that is rolled back has never been`() throws {
        struct Stop: Error {}
        let array = try queue.submit(array: "1-2")
        let allocation = Allocation(cpus: CPUSet([0]))
        #expect(throws: Stop.self) {
            try queue.store.write {
                _ = try queue.store.claim(array, allocation, boot: "boot", at: queue.now)
                throw Stop()
            }
        }
        #expect(try queue.store.runningJobs().isEmpty)
        #expect(try queue.claim(array)?.taskIndex == 1)
    }

    @Test func `an end and the claims that follow are one commit`() throws {
        let job = try queue.submit()
        let next = try queue.submit(after: "afterok:\(job)")
        let attempt = try queue.start(job)
        let outcome = Outcome(cause: .exited, endedAt: queue.now)
        try queue.store.write {
            let ended = try queue.store.end(attempt, outcome, at: queue.now)
            #expect(ended?.changed == [next])
            let allocation = Allocation(cpus: CPUSet([0]))
            let claimed = try queue.store.claim(next, allocation, boot: "b", at: queue.now)
            #expect(claimed != nil)
        }
        #expect(try queue.record(next).state == .running)
    }
}
