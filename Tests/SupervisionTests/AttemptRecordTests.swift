import Foundation
import Glibc
import JobModel
import Linux
import Testing

@testable import Supervision

/// The record's slots, whole and torn.
struct AttemptRecordTests {
    let queue: TestQueue

    init() throws {
        queue = try TestQueue()
    }

    private func makeRecord() throws -> LockedRecord {
        try queue.spool.create(ClaimSlot(attempt: queue.attempt(), boot: queue.boot))
    }

    private var path: String { "\(queue.path)/spool/17.1" }

    private static let outcome = Outcome(
        cause: .launchFailed,
        exitCode: 1,
        signal: 0,
        endedAt: Timestamp(microseconds: 1_764_000_000_123_456),
        cpuMicroseconds: 42,
        maxRSSBytes: 4_096,
        message: "open /x/y.out: No such file or directory"
    )

    private static var run: RunSlot {
        var run = RunSlot(supervisor: RunSlot.Process(pid: 4711, startTime: 99))
        run.job = RunSlot.Process(pid: 4712, startTime: 100)
        run.cgroup = "/sys/fs/cgroup/sluice/17.1"
        run.startedAt = Timestamp(microseconds: 17)
        run.lastOrder = 3
        return run
    }

    @Test func `what is written to a slot is read from it`() throws {
        let locked = try makeRecord()
        #expect(try locked.record.claim()?.attempt == queue.attempt())
        #expect(try locked.record.claim()?.boot == queue.boot)
        #expect(try locked.record.order() == nil)
        #expect(try locked.record.run() == nil)
        #expect(try locked.record.outcome() == nil)
        try locked.record.write(Self.run)
        #expect(try locked.record.run() == Self.run)
        try locked.record.write(Self.outcome)
        #expect(try locked.record.outcome() == Self.outcome)
    }

    @Test(arguments: [
        Order.cancel, .requeue, .signal(10), .setTimeLimit(.unlimited), .setTimeLimit(.seconds(90)),
    ])
    func `an order is read as it was written`(_ order: Order) throws {
        let locked = try makeRecord()
        try locked.record.write(OrderSlot(number: 5, order: order))
        #expect(try locked.record.order() == OrderSlot(number: 5, order: order))
    }

    @Test func `a record has its full size before anything is launched`() throws {
        let locked = try makeRecord()
        #expect(try locked.record.descriptor.size() == AttemptRecord.size)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_blocks * 512 >= AttemptRecord.size)
    }

    @Test func `a slot with any byte changed is as if it had not been written`() throws {
        let locked = try makeRecord()
        try locked.record.write(Self.outcome)
        let start = AttemptRecord.Slot.exit.offset
        let whole = try locked.record.descriptor.read(at: start, count: 128)
        let length = 8 + Int(whole[2]) + Int(whole[3]) << 8
        for index in 0..<length {
            try locked.record.descriptor.write([whole[index] ^ 0x10], at: start + index)
            #expect(try locked.record.outcome() == nil, "byte \(index)")
            try locked.record.descriptor.write([whole[index]], at: start + index)
        }
        #expect(try locked.record.outcome() == Self.outcome)
    }

    @Test func `a slot of which only the beginning was written is empty`() throws {
        let locked = try makeRecord()
        try locked.record.write(Self.outcome)
        let start = AttemptRecord.Slot.exit.offset
        let whole = try locked.record.descriptor.read(at: start, count: 1_024)
        let length = 8 + Int(whole[2]) + Int(whole[3]) << 8
        for kept in 0..<length {
            let torn = Array(whole[..<kept]) + [UInt8](repeating: 0, count: 1_024 - kept)
            try locked.record.descriptor.write(torn, at: start)
            #expect(try locked.record.outcome() == nil, "\(kept) bytes")
        }
    }

    @Test func `a message too long for a slot is cut`() throws {
        let locked = try makeRecord()
        var outcome = Self.outcome
        outcome.message = String(repeating: "x", count: 5_000)
        try locked.record.write(outcome)
        let read = try #require(try locked.record.outcome())
        #expect(read.message.count > 500)
        #expect(outcome.message.hasPrefix(read.message))
    }

    @Test func `a record used again tells nothing of the attempt that had it before`() throws {
        do {
            let locked = try makeRecord()
            try locked.record.write(Self.run)
            try locked.record.write(Self.outcome)
        }
        try queue.spool.remove(queue.attempt())
        #expect(!FileManager.default.fileExists(atPath: path))
        let next = queue.attempt(2)
        // Its slots need not have been emptied for that.
        let spares = try queue.spool.folder.names().filter { $0.hasPrefix("spare") }
        #expect(spares.count == 1)
        try queue.spool.folder.rename(spares[0], to: "\(next)")
        guard let record = try queue.spool.record(of: next) else {
            Issue.record("no record")
            return
        }
        #expect(try record.claim() == nil)
        #expect(try record.run() == nil)
        #expect(try record.outcome() == nil)
    }

    @Test func `the next attempt takes the record of the last`() throws {
        var inode: UInt64 = 0
        do {
            let locked = try makeRecord()
            try locked.record.write(Self.outcome)
            inode = try FileIdentity(of: locked.record.descriptor).inode
        }
        try queue.spool.remove(queue.attempt())
        let locked = try queue.spool.create(ClaimSlot(attempt: queue.attempt(2), boot: queue.boot))
        #expect(try FileIdentity(of: locked.record.descriptor).inode == inode)
        #expect(try locked.record.outcome() == nil)
        #expect(try locked.record.claim()?.attempt == queue.attempt(2))
    }

    @Test func `an attempt's record is not made a second time`() throws {
        let first = try makeRecord()
        #expect(throws: SystemError(call: "open", object: "spool/17.1", code: EEXIST)) {
            _ = try makeRecord()
        }
        #expect(try first.record.claim()?.attempt == queue.attempt())
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func `attempts are listed with records and with what scripts leave`() throws {
        _ = try makeRecord()
        _ = try queue.spool.folder.makeFolder("18.2.d")
        _ = try queue.spool.folder.open("note", O_CREAT | O_WRONLY)
        let found = try queue.spool.attempts().map { "\($0)" }.sorted()
        #expect(found == ["17.1", "18.2"])
    }
}

/// The bytes that a supervisor gets.
struct LaunchSpecificationTests {
    @Test func `a specification is read as it was written`() throws {
        var specification = LaunchSpecification(
            attempt: AttemptID(job: JobID(rawValue: 7), number: 3),
            stateFolder: "/state",
            payload: .script("#!/bin/sh\n", arguments: ["a b", ByteString([0xFF, 0x0A])]),
            environment: ["A=1", "B="],
            workDirectory: "/work",
            outputPath: "/out"
        )
        specification.errorPath = "/err"
        specification.inputPath = "/in"
        specification.appendsOutput = true
        specification.umask = 0o077
        specification.limits = [.init(resource: 7, soft: 10, hard: .max)]
        specification.affinity = CPUSet([0, 3, 64, 200])
        specification.timeLimit = .seconds(90)
        specification.killWait = 5
        specification.oomScoreAdjustment = -3
        specification.cgroupParent = "/sys/fs/cgroup/x"
        #expect(try LaunchSpecification(decoding: specification.encoded) == specification)
        specification.payload = .command(path: "/bin/true", arguments: ["true"])
        specification.errorPath = nil
        specification.timeLimit = .unlimited
        specification.affinity = CPUSet()
        specification.cgroupParent = nil
        let bytes = specification.encoded
        #expect(try LaunchSpecification(decoding: bytes) == specification)
        for count in 0..<bytes.count {
            #expect(throws: MalformedBytes.self, "\(count) bytes") {
                try LaunchSpecification(decoding: Array(bytes[..<count]))
            }
        }
        #expect(throws: MalformedBytes.self) { try LaunchSpecification(decoding: bytes + [0]) }
    }
}
