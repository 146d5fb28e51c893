import JobModel
import SQLite
import Testing

@testable import QueueStore

struct SubmissionTests {
    let queue: TestQueue

    init() throws { queue = try TestQueue() }

    /// A job of which everything is said.
    private static let complete: JobDescription = {
        var job = TestQueue.plain
        job.name = ByteString([0xFF, 0x0A, 0x1B])
        job.payload = .script("#!/bin/sh\n\0\u{1}exit", arguments: ["job.sh", "", "a b\n"])
        job.environment = ["A=1", "B=", ByteString([0x43, 0x3D, 0xFF])]
        job.workDirectory = "/tmp/ü"
        job.inputPattern = "in"
        job.outputPattern = "out-%j"
        job.errorPattern = "/err-%A_%a"
        job.appendsOutput = true
        job.limits = [
            .init(resource: 7, soft: 1024, hard: .max), .init(resource: 3, soft: 0, hard: 0),
        ]
        job.request = ResourceRequest(
            tasks: 2,
            cpusPerTask: 3,
            memory: .perCPU(MemorySize(bytes: 5 << 20)),
            gpus: GPURequest(count: 2, type: "a100"),
            oneThreadPerCore: true
        )
        job.timeLimit = .seconds(90)
        job.priority = 1_000
        job.nice = 100
        job.allowsRequeue = false
        job.comment = "why"
        return job
    }()

    @Test func `what was submitted comes back byte by byte`() throws {
        let job = Self.complete
        let id = try queue.store.submit(job, at: queue.now)
        let claimed = try #require(try queue.claim(id))
        #expect(claimed.name == job.name && claimed.uid == 7 && claimed.restarts == 0)
        let material = try queue.store.launchMaterial(claimed.spec)
        #expect(material.script == "#!/bin/sh\n\0\u{1}exit")
        #expect(material.arguments == ["job.sh", "", "a b\n"])
        #expect(material.environment == job.environment && material.limits == job.limits)
        #expect(material.workDirectory == "/tmp/ü" && material.umask == 0o022)
        #expect(material.inputPattern == "in" && material.outputPattern == "out-%j")
        #expect(material.errorPattern == "/err-%A_%a" && material.appendsOutput)
        #expect(material.array == nil)
        let record = try queue.record(id)
        #expect(record.request == job.request && record.timeLimit == .seconds(90))
        #expect(record.priority == 900 && record.nice == 100)
        #expect(record.details?.comment == "why")
    }

    @Test(
        arguments: [nil, .perNode(MemorySize(bytes: 0)), .perNode(MemorySize(bytes: 9)), .all]
            as [MemoryRequest?]
    )
    func `a request for memory comes back as it was said`(_ memory: MemoryRequest?) throws {
        let id = try queue.submit { $0.request.memory = memory }
        #expect(try queue.record(id).request.memory == memory)
    }

    @Test(arguments: [nil, .unlimited, .seconds(1), .seconds(1 << 40)] as [TimeLimit?])
    func `a time limit comes back as it was said`(_ limit: TimeLimit?) throws {
        let id = try queue.submit { $0.timeLimit = limit }
        #expect(try queue.record(id).timeLimit == limit)
    }

    @Test func `a command of no arguments and no environment is kept as one`() throws {
        let id = try queue.submit {
            $0.payload = .command(path: "/bin/true", arguments: [])
            $0.environment = []
        }
        let material = try queue.store.launchMaterial(try #require(try queue.claim(id)).spec)
        #expect(material.script == nil && material.arguments == ["/bin/true"])
        #expect(material.environment.isEmpty && material.limits.isEmpty)
    }

    @Test func `numbers of jobs are never used again`() throws {
        let first = try queue.submit()
        let second = try queue.submit()
        #expect(first < second)
        try queue.store.db.execute("DELETE FROM job")
        let third = try queue.submit()
        #expect(second < third)
        try queue.store.db.execute("DELETE FROM job")
        let again = try QueueStore(folder: queue.store.folder)
        #expect(third < (try again.submit(TestQueue.plain, at: queue.now)))
    }

    @Test func `an array's tasks and parts have numbers of the same sequence`() throws {
        let array = try queue.submit(array: "1-4")
        let task = try queue.start(array).job
        try queue.hold("\(array)_3")
        let next = try queue.submit()
        #expect(array < task && task < next && next.rawValue == task.rawValue + 2)
    }

    @Test func `what is alike is stored once`() throws {
        func blobs() throws -> Int64 { try queue.count("SELECT count(*) FROM blob") }
        let big = ByteString([UInt8](repeating: 0x78, count: 100_000))
        try queue.submit { $0.payload = .script(big, arguments: ["a"]) }
        let before = try blobs()
        for _ in 0..<20 { try queue.submit { $0.payload = .script(big, arguments: ["a"]) } }
        #expect(try blobs() == before)
        try queue.submit { $0.payload = .script(big, arguments: ["b"]) }
        #expect(try blobs() == before + 1)
    }

    @Test func `contents of one fingerprint are told apart`() throws {
        // As if the two collided.
        try queue.submit { $0.environment = ["A=1"] }
        try queue.submit { $0.environment = ["A=2"] }
        try queue.store.db.execute("UPDATE blob SET hash = 0")
        let third = try queue.submit { $0.environment = ["A=3"] }
        let spec = try #require(try queue.claim(third)).spec
        #expect(try queue.store.launchMaterial(spec).environment == ["A=3"])
    }

    @Test func `a job takes under 500 bytes where script and environment are alike`() throws {
        try queue.store.db.execute("PRAGMA synchronous = OFF")
        let environment = (0..<60).map { ByteString("VARIABLE_\($0)=/a/path/of/some/length/\($0)") }
        func size() throws -> Int64 {
            try queue.count(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            )
        }
        func submit(_ count: Int) throws {
            for _ in 0..<count { try queue.submit { $0.environment = environment } }
        }
        try submit(100)
        let before = try size()
        try submit(500)
        #expect(try (size() - before) / 500 < 500)
    }

    @Test func `an array of a million tasks takes as much as a job`() throws {
        let before = try queue.count("SELECT count(*) FROM array_range")
        let array = try queue.submit(array: "0-999999%7")
        #expect(try queue.count("SELECT count(*) FROM array_range") == before + 1)
        #expect(try queue.count("SELECT count(*) FROM job") == 1)
        let waiting = try #require(try queue.store.waitingJob(array))
        #expect(waiting.count == 1_000_000 && waiting.throttle == 7 && waiting.array == array)
    }

    private func leaveMachine() throws {
        let gpu = MachineFacts.GPU(
            index: 0,
            uuid: "GPU-0",
            type: "a100",
            memoryBytes: 1,
            isUsedOutside: true
        )
        let facts = MachineFacts(cpus: 4, memory: MemorySize(bytes: 1_000), gpus: [gpu])
        try queue.store.write { try queue.store.leave(facts) }
        #expect(try queue.store.machineFacts() == facts)
    }

    @Test(
        arguments: [
            ResourceRequest(tasks: 5), ResourceRequest(tasks: 2, cpusPerTask: 3),
            ResourceRequest(memory: .perNode(MemorySize(bytes: 1_001))),
            ResourceRequest(tasks: 2, memory: .perCPU(MemorySize(bytes: 501))),
            ResourceRequest(tasks: 4, memory: .perCPU(MemorySize(bytes: .max))),
            ResourceRequest(gpus: GPURequest(count: 2)),
            ResourceRequest(gpus: GPURequest(count: 1, type: "v100")),
        ]
    )
    func `what the machine could never run is refused and nothing is changed`(
        _ request: ResourceRequest
    ) throws {
        try leaveMachine()
        let error = #expect(throws: QueueError.self) {
            try queue.submit { $0.request = request }
        }
        guard case .impossible = error else { throw Unexpected(error) }
        for table in ["job", "spec", "blob", "journal"] { try expectEmpty(table) }
    }

    @Test func `all that the machine has may be asked for`() throws {
        try leaveMachine()
        try queue.submit {
            $0.request = ResourceRequest(
                tasks: 4,
                memory: .perNode(MemorySize(bytes: 1_000)),
                gpus: GPURequest(count: 1, type: "a100")
            )
        }
    }

    @Test func `nothing is refused as too much before schedd has ever run`() throws {
        #expect(try queue.store.machineFacts() == nil)
        try queue.submit { $0.request.tasks = 10_000 }
    }

    private func expectEmpty(_ table: String) throws {
        var count: Int64 = -1
        switch table {
        case "job": count = try queue.count("SELECT count(*) FROM job")
        case "spec": count = try queue.count("SELECT count(*) FROM spec")
        case "blob": count = try queue.count("SELECT count(*) FROM blob")
        default: count = try queue.count("SELECT count(*) FROM journal")
        }
        #expect(count == 0, "\(table)")
    }
}

/// An error of another kind than a test expects.
struct Unexpected: Error {
    var error: (any Error)?

    init(_ error: (any Error)?) { self.error = error }
}
