import Foundation
import Glibc
import JobModel
import QueueStore
import Testing

extension EndToEnd {
    /// What a job is given of the machine.
    struct AllocationTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
        }

        static let mask = "grep Cpus_allowed_list /proc/self/status | cut -f2"

        private func list(_ name: String) throws -> CPUSet {
            try CPUSet(parsing: ByteString(String(queue.text(name).dropLast())))
        }

        @Test func `a job may use the CPUs that it was given and no others`() throws {
            try queue.awaitDaemon()
            let one = try queue.job("-o", "one", "--wrap", Self.mask)
            let two = try queue.job("-o", "two", "-c", "2", "--wrap", Self.mask)
            let (first, second) = (try queue.end(one), try queue.end(two))
            #expect(try list("one") == first.allocation?.cpus)
            #expect(try list("one").count == 1)
            #expect(try list("two") == CPUSet(TestQueue.cpus))
            #expect(second.allocation?.cpus == CPUSet(TestQueue.cpus))
        }

        @Test func `jobs that run at the same time have no CPU in common`() throws {
            try queue.awaitDaemon()
            let script = TestQueue.waiting(for: "go", then: Self.mask + " > mask.$SLURM_JOB_ID")
            let first = try queue.job(input: script)
            let second = try queue.job(input: script)
            let third = try queue.job(input: script)
            try queue.wait(until: "two run") { queue.lines("started").count == 2 }
            try queue.awaitReason(.resources, of: third)
            queue.touch("go")
            for id in [first, second, third] { try queue.end(id) }
            #expect(try list("mask.1").isDisjoint(with: try list("mask.2")))
            #expect(try list("mask.3").count == 1)
        }

        @Test func `CPUs that the configuration keeps back are never given out`() throws {
            queue.configuration =
                "core_spec_cpus = \"\(TestQueue.cpus[0])\"\n" + queue.configuration
            try queue.awaitDaemon()
            let id = try queue.job("-o", "out", "--wrap", Self.mask)
            try queue.end(id)
            #expect(try list("out") == [TestQueue.cpus[1]])
            #expect(try queue.submit(["-c", "2", "true"]).exitCode == 1)
            let expected = GivenOut(
                cpus: CPUSet([TestQueue.cpus[1]]),
                keptCPUs: CPUSet([TestQueue.cpus[0]]),
                keptMemory: MemorySize(bytes: 0)
            )
            #expect(try queue.store.givenOut() == expected)
        }

        @Test func `memory is never given out twice`() throws {
            try queue.awaitDaemon()
            let facts = try #require(try queue.store.machineFacts())
            let most = "--mem=\(facts.memory.bytes / 10 * 6 >> 10)K"
            let first = try queue.blocker("go", most)
            let second = try queue.job(most, "true")
            let third = try queue.job("--mem=1M", "true")
            try queue.awaitState(.running, of: first)
            try queue.awaitReason(.resources, of: second)
            queue.touch("go")
            for id in [first, second, third] { #expect(try queue.end(id).state == .completed) }
            let released = try #require(try queue.record(first).ended)
            #expect(try #require(try queue.record(second).started) >= released)
        }

        static let devices = """
            echo "${CUDA_VISIBLE_DEVICES-unset}" "${CUDA_DEVICE_ORDER-unset}" \
            "${ROCR_VISIBLE_DEVICES-unset}" "${SLURM_JOB_GPUS-unset}" "${SLURM_GPUS_ON_NODE-unset}"
            """

        @Test func `a job sees the GPUs that it was given`() throws {
            try queue.awaitDaemon()
            let id = try queue.job("-G", "2", "-o", "out", "--wrap", Self.devices)
            let record = try queue.end(id)
            #expect(record.state == .completed)
            #expect(record.allocation?.gpus.count == 2 && record.gpus.count == 2)
            let numbers = record.gpus.map { String($0.index) }.joined(separator: ",")
            #expect(queue.text("out").hasSuffix(" PCI_BUS_ID unset \(numbers) 2\n"))
            let seen = queue.text("out").prefix { $0 != " " }
            #expect(seen.split(separator: ",").count == 2)
        }

        @Test func `a job that asked for no GPU sees none`() throws {
            try queue.awaitDaemon()
            let id = try queue.job(
                "-o",
                "out",
                "--wrap",
                Self.devices,
                adding: ["CUDA_VISIBLE_DEVICES": "0,1,2", "ROCR_VISIBLE_DEVICES": "1"]
            )
            try queue.end(id)
            #expect(queue.text("out") == " PCI_BUS_ID unset unset unset\n")
        }

        @Test func `a job gets GPUs of the type that it asked for`() throws {
            try queue.awaitDaemon()
            let id = try queue.job("--gres=gpu:v100:1", "true")
            #expect(try queue.end(id).gpus.map(\.type) == ["v100"])
            #expect(try queue.submit(["--gpus=v100:2", "true"]).exitCode == 1)
        }

        @Test func `a GPU is never given out twice`() throws {
            try queue.awaitDaemon()
            let first = try queue.blocker("go", "-G", "a100:1")
            let second = try queue.blocker("go", "-G", "a100:1")
            let third = try queue.job("-G", "a100:1", "true")
            try queue.wait(until: "two run") { queue.lines("started").count == 2 }
            try queue.awaitReason(.resources, of: third)
            let held = try [first, second].flatMap { try queue.record($0).gpus.map(\.uuid) }
            #expect(Set(held).count == 2)
            queue.touch("go")
            for id in [first, second, third] { #expect(try queue.end(id).state == .completed) }
        }
    }
}
