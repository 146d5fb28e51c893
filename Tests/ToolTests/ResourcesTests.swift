import Foundation
import JobModel
import QueueStore
import Testing

struct ResourcesTests {
    let queue: ToolQueue

    init() throws { queue = try ToolQueue() }

    private func leaveFacts() throws {
        let gpus = [("GPU-a", false), ("GPU-b", false), ("GPU-c", true)].enumerated().map {
            MachineFacts.GPU(
                index: $0,
                uuid: $1.0,
                type: "a100",
                memoryBytes: 40 << 30,
                isUsedOutside: $1.1
            )
        }
        try queue.store.write {
            try queue.store.leave(
                MachineFacts(cpus: 4, memory: MemorySize(bytes: 16 << 30), gpus: gpus)
            )
        }
    }

    /// The words of the line that begins with a word.
    private func line(_ first: String, in run: ToolQueue.Run) -> [String] {
        let found = run.lines.first { $0.split(separator: " ").first.map(String.init) == first }
        return (found ?? "").split(separator: " ").map(String.init)
    }

    @Test func `it shows who holds which cores, memory and GPUs`() throws {
        try leaveFacts()
        let job = try queue.submit("train")
        try queue.start(job, "cpu=0 gpu=GPU-b:1000 mem=4294967296")
        let array = try queue.submitArray("5-6")
        try queue.start(array, "cpu=4000")
        try queue.submit("waits")
        let run = try queue.run("resources")
        #expect(run.status == 0 && run.errors == "")
        #expect(line("memory", in: run) == ["memory", "16G", "4G", "12G"])
        #expect(line("gpus", in: run) == ["gpus", "3", "1", "1"])
        #expect(run.output.contains("\n  1  a100     40G  GPU-b   all  1                  train\n"))
        #expect(run.output.contains("\n1    train  anna      1  0         4G  1\n"))
        #expect(run.output.contains("\n2_5  array  anna"))
        #expect(line("2", in: run).suffix(3) == ["used", "from", "outside"])
        #expect(!run.output.contains("waits"))
        #expect(line("cores", in: run)[2] == "1")
    }

    @Test func `what the configuration keeps back is no part of the whole, and told apart`() throws
    {
        try leaveFacts()
        let plain = try queue.run("resources")
        #expect(!plain.output.contains("kept back"))
        #expect(try queue.json("resources", "--json")["given_out"] is NSNull)
        let first = try #require(
            ((try queue.json("resources", "--json")["machine"] as? [String: Any])?["cores"]
                as? [[String: Any]])?.first?["cpus"] as? [Int]
        )
        try queue.store.write {
            try queue.store.leave(
                GivenOut(
                    cpus: CPUSet(first),
                    keptCPUs: CPUSet([4_000, 4_001]),
                    keptMemory: MemorySize(bytes: 2 << 30)
                )
            )
        }
        let run = try queue.run("resources")
        #expect(line("cores", in: run) == ["cores", "1", "0", "1"])
        #expect(run.lines.contains("kept back: CPUs 4000-4001, 2G of memory"))
        let part = try #require(
            try queue.json("resources", "--json")["given_out"] as? [String: Any]
        )
        #expect(part["cpus"] as? [Int] == first && part["kept_cpus"] as? [Int] == [4_000, 4_001])
        #expect(part["memory_bytes"] as? Int == 16 << 30)
        #expect(part["kept_memory_bytes"] as? Int == 2 << 30)
    }

    @Test func `it is JSON with the machine, the jobs and each GPU's holder`() throws {
        try leaveFacts()
        let job = try queue.submit("train")
        try queue.start(job, "cpu=0 gpu=GPU-b:1000")
        try queue.submit("waits")
        let object = try queue.json("resources", "--json")
        let machine = try #require(object["machine"] as? [String: Any])
        #expect(
            Set(machine.keys) == [
                "cpus_online", "cpus_allowed", "numa_allowed", "memory_bytes", "cores", "l3",
                "numa", "gpus",
            ]
        )
        #expect(machine["cpus_online"] is [Int])
        let jobs = try #require(object["jobs"] as? [[String: Any]])
        #expect(jobs.map { $0["job_id"] as? Int } == [1])
        #expect(jobs[0]["work_dir"] as? String == queue.path)
        let gpus = try #require(object["gpus"] as? [[String: Any]])
        #expect(gpus.map { $0["job_id"] as? Int } == [nil, 1, nil])
        #expect(gpus.map { $0["used_outside"] as? Bool } == [false, false, true])
    }

    @Test func `a GPU that is shared is shown with all who hold it`() throws {
        try leaveFacts()
        for (name, gigabytes, part) in [("train", 10, 250), ("eval", 6, 150)]
            as [(String, Int64, Int)]
        {
            let job = try queue.submit(ByteString(name)) {
                let share = MemorySize(bytes: gigabytes << 30)
                $0.request.gpus = GPURequest(count: 1, memory: share)
            }
            try queue.start(job, ByteString("cpu=0 gpu=GPU-b:\(part)"))
        }
        let run = try queue.run("resources")
        #expect(line("gpus", in: run) == ["gpus", "3", "1", "1"])
        #expect(run.output.contains("GPU-b   10G  1                  train\n"))
        #expect(run.output.contains("   6G  2                  eval\n"))
        let object = try queue.json("resources", "--json")
        let gpus = try #require(object["gpus"] as? [[String: Any]])
        #expect(gpus.map { $0["job_id"] as? Int } == [nil, nil, nil])
        let shares = try #require(gpus[1]["shares"] as? [[String: Int]])
        #expect(
            shares == [["job_id": 1, "thousandths": 250], ["job_id": 2, "thousandths": 150]]
        )
        let jobs = try #require(object["jobs"] as? [[String: Any]])
        #expect(jobs.map { $0["gpu_memory_bytes_requested"] as? Int } == [10 << 30, 6 << 30])
        let held = try #require(jobs[0]["gpus"] as? [[String: Any]])
        #expect(held.map { $0["thousandths"] as? Int } == [250])
        let listing = try queue.run("queue").output
        #expect(listing.contains("cpu 0 gpu 1:10G\n") && listing.contains(" 6G cpu 0 gpu 1:6G\n"))
        #expect(try queue.run("control", "show", "job", "1").output.contains("GPU_IDs=1:10G"))
    }

    /// Makes a stored machine of two cores with two threads each.
    private func makeTree() throws -> String {
        let tree = queue.path + "/tree"
        func file(_ name: String, _ text: String) throws {
            let url = URL(fileURLWithPath: "\(tree)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data("\(text)\n".utf8).write(to: url)
        }
        try file("proc/meminfo", "MemTotal: 8388608 kB")
        try file("sys/devices/system/cpu/online", "0-3")
        for cpu in 0..<4 {
            let folder = "sys/devices/system/cpu/cpu\(cpu)/topology"
            try file("\(folder)/thread_siblings_list", "\(cpu / 2 * 2)-\(cpu / 2 * 2 + 1)")
            try file("\(folder)/core_id", "\(cpu / 2)")
            try file("\(folder)/physical_package_id", "0")
        }
        return tree
    }

    @Test func `a stored machine is read without a look at the queue`() throws {
        let tree = try makeTree()
        let job = try queue.submit()
        try queue.start(job, "cpu=0-1")
        let run = try queue.run(
            "resources",
            "--sysroot",
            tree,
            with: ["SLUICE_HOME": "/dev/null/nowhere"]
        )
        #expect(run.status == 0 && run.errors == "")
        #expect(line("cores", in: run) == ["cores", "2", "0", "2"])
        #expect(line("memory", in: run) == ["memory", "8G", "0", "8G"])
        let machine = try queue.json("resources", "--json", "-s", tree)["machine"] as? [String: Any]
        let cores = machine?["cores"] as? [[String: Any]]
        #expect(cores?.map { $0["cpus"] as? [Int] } == [[0, 1], [2, 3]])
    }

    @Test func `a folder that holds no machine is told`() throws {
        let run = try queue.run("resources", "--sysroot", queue.path)
        #expect(run.status == 69)
        #expect(
            run.errors.hasPrefix("resources: ") && run.errors.contains("sys/devices/system/cpu")
        )
        #expect(try queue.run("resources", "x").status == 64)
    }
}
