import JobModel
import Testing

extension EndToEnd {
    /// GPUs that jobs share, on a machine whose GPUs the configuration makes up.
    struct SharedGPUTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
            queue.configuration = """
                unit = "thread"
                kill_wait = "2s"
                [[gpu]]
                type = "a100"
                memory = "40G"
                """
        }

        @Test func `two jobs share a GPU, a third waits until there is room`() throws {
            try queue.awaitDaemon()
            let first = try queue.blocker("one", "--gpu-memory=20G")
            try queue.awaitState(.running, of: first)
            let large = try queue.job("--gpu-memory=30G", "true")
            try queue.awaitReason(.resources, of: large)
            try queue.cancel(large)
            let second = try queue.blocker("two", "--gpu-memory=15G")
            try queue.awaitState(.running, of: second)
            let held = try [first, second].map { try queue.record($0).allocation?.gpus ?? [] }
            #expect(held.map { $0.map(\.thousandths) } == [[500], [375]])
            #expect(Set(held.joined().map(\.uuid)).count == 1)
            queue.touch("one")
            try queue.end(first)
            let third = try queue.job("--gpu-memory=20G", "true")
            #expect(try queue.end(third).state == .completed)
            #expect(try queue.record(second).state == .running)
            queue.touch("two")
            try queue.end(second)
        }

        @Test func `what does not fit beside a share waits although a CPU is free`() throws {
            try queue.awaitDaemon()
            let first = try queue.blocker("go", "--gpu-memory=25G")
            try queue.awaitState(.running, of: first)
            let second = try queue.job("--gpu-memory=20G", "true")
            try queue.awaitReason(.resources, of: second)
            queue.touch("go")
            let released = try #require(try queue.end(first).ended)
            #expect(try #require(try queue.end(second).started) >= released)
        }

        @Test func `a job that wants a GPU whole never gets a shared one, after a restart too`()
            throws
        {
            try queue.awaitDaemon()
            let sharer = try queue.blocker("go", "--gpu-memory=10G")
            try queue.awaitState(.running, of: sharer)
            let whole = try queue.job("-G", "1", "true")
            try queue.awaitReason(.resources, of: whole)
            queue.killDaemon()
            try queue.awaitDaemon()
            try queue.awaitReason(.resources, of: whole)
            #expect(try queue.record(sharer).state == .running)
            queue.touch("go")
            let released = try #require(try queue.end(sharer).ended)
            #expect(try #require(try queue.end(whole).started) >= released)
        }

        @Test func `what shares hold is known after a restart`() throws {
            try queue.awaitDaemon()
            let first = try queue.blocker("go", "--gpu-memory=25G")
            try queue.awaitState(.running, of: first)
            queue.killDaemon()
            let large = try queue.job("--gpu-memory=16G", "true")
            try queue.awaitDaemon()
            try queue.awaitReason(.resources, of: large)
            try queue.cancel(large)
            let small = try queue.job("--gpu-memory=15G", "true")
            #expect(try queue.end(small).state == .completed)
            queue.touch("go")
            try queue.end(first)
        }

        @Test func `a share is not on a GPU that a job has whole`() throws {
            try queue.awaitDaemon()
            let whole = try queue.blocker("go", "-G", "1")
            try queue.awaitState(.running, of: whole)
            let share = try queue.job("--gpu-memory=1G", "true")
            try queue.awaitReason(.resources, of: share)
            queue.touch("go")
            let released = try #require(try queue.end(whole).ended)
            #expect(try #require(try queue.end(share).started) >= released)
        }

        @Test func `a job that shares is told which GPU, and how much of it`() throws {
            try queue.awaitDaemon()
            let line = "echo $CUDA_VISIBLE_DEVICES $SLURM_GPUS_ON_NODE ${SLUICE_GPU_MEMORY-none}"
            let share = try queue.job("--gpu-memory=10G", "-o", "share", "--wrap", line)
            let whole = try queue.job(
                "-G",
                "1",
                "-o",
                "whole",
                "--wrap",
                line,
                adding: ["SLUICE_GPU_MEMORY": "7"]
            )
            try queue.end(share)
            try queue.end(whole)
            #expect(queue.text("share") == "0 1 10240\n")
            #expect(queue.text("whole") == "0 1 none\n")
        }

        @Test func `more memory than any GPU has is refused`() throws {
            queue.configuration += "\n[[gpu]]\ntype = \"v100\"\n"
            try queue.awaitDaemon()
            let tooMuch = try queue.submit(["--gpu-memory=41G", "true"])
            #expect(tooMuch.exitCode == 1 && tooMuch.errors.contains("the largest GPU has 40G"))
            let untold = try queue.submit(["--gpu-memory=1G", "-G", "v100", "true"])
            #expect(untold.exitCode == 1 && untold.errors.contains("'v100' here tells"))
            let two = try queue.submit(["--gpu-memory=1G", "-G", "2", "true"])
            #expect(two.exitCode == 64 && two.errors.contains("--gpu-memory is for a share of one"))
        }

        @Test func `GPUs that are linked go to a job of several`() throws {
            queue.configuration = """
                unit = "thread"
                [[gpu]]
                type = "a100"
                [[gpu]]
                type = "a100"
                nvlink = [2]
                [[gpu]]
                type = "a100"
                """
            try queue.awaitDaemon()
            #expect(try queue.end(try queue.job("-G", "2", "true")).gpus.map(\.index) == [1, 2])
            #expect(try queue.end(try queue.job("-G", "1", "true")).gpus.map(\.index) == [0])
        }

        @Test func `links that cannot be are refused`() throws {
            queue.configuration = "[[gpu]]\ntype = \"a100\"\nnvlink = [1]\n"
            #expect(throws: (any Error).self) { try queue.awaitDaemon() }
            #expect(queue.log.contains("nvlink: 1 is no other GPU"))
        }

        @Test func `memory is booked on the nodes of the machine`() throws {
            try queue.awaitDaemon()
            let record = try queue.end(try queue.job("--mem=5M", "true"))
            let shares = record.allocation?.memoryByNode ?? []
            #expect(shares.reduce(0) { $0 + $1.size.bytes } == 5 << 20)
        }
    }
}
