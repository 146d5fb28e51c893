import JobModel
import Placement
import SeededRandom
import Testing

@Suite struct GPUSharingTests {
    private func gpu(_ index: Int, gigabytes: Int64? = 40, type: String = "a100") -> GPU {
        GPU(
            index: index,
            uuid: "GPU-\(index)",
            vendor: .nvidia,
            type: type,
            memory: gigabytes.map { MemorySize(bytes: $0 << 30) }
        )
    }

    private func share(_ gigabytes: Int64, type: String? = nil) -> GPURequest {
        GPURequest(count: 1, type: type, memory: MemorySize(bytes: gigabytes << 30))
    }

    private func workload(_ requests: GPURequest?...) -> RecentWorkload {
        var recent = RecentWorkload()
        for gpus in requests { recent.note(RecentWorkload.Kind(cores: 1, gpus: gpus)) }
        return recent
    }

    private func choose(
        _ request: GPURequest,
        _ sharing: GPUSharing,
        recent: RecentWorkload = RecentWorkload()
    ) -> Int? {
        let offered = sharing.standings.filter { $0.free >= $0.gpu.thousandths(for: request) }
        return sharing.choose(
            request,
            from: offered.map(\.gpu.index),
            freeCores: 8,
            recent: recent
        )?.index
    }

    @Test func `a share is so many thousandths, rounded down, and one at least`() {
        #expect(gpu(0).thousandths(for: share(10)) == 250)
        #expect(gpu(0, gigabytes: 24).thousandths(for: share(8)) == 333)
        #expect(gpu(0).thousandths(for: share(40)) == 1000)
        #expect(gpu(0).thousandths(for: GPURequest(count: 2)) == 1000)
        let tiny = GPURequest(count: 1, memory: MemorySize(bytes: 1))
        #expect(gpu(0).thousandths(for: tiny) == 1)
    }

    @Test func `of a GPU that is too small, or tells no memory, there is no share`() {
        #expect(gpu(0).thousandths(for: share(41)) > 1000)
        #expect(gpu(0, gigabytes: nil).thousandths(for: share(1)) > 1000)
        #expect(gpu(0, gigabytes: 0).thousandths(for: share(0)) > 1000)
    }

    @Test func `without a history the fullest GPU is taken, then the lowest number`() {
        var sharing = GPUSharing(of: [gpu(0), gpu(1), gpu(2)])
        #expect(choose(share(10), sharing) == 0)
        sharing.take(500, ofGPU: 1)
        #expect(choose(share(10), sharing) == 1)
        #expect(choose(share(30), sharing) == 0)
    }

    @Test func `whole GPUs are left to those that want them whole`() {
        var sharing = GPUSharing(of: [gpu(0), gpu(1)])
        sharing.take(250, ofGPU: 1)
        #expect(choose(share(10), sharing, recent: workload(GPURequest(count: 1))) == 1)
    }

    @Test func `a hole is left to the jobs that it fits, not to the fullest`() {
        // Jobs want 20G: what is left of GPU 0 serves one of them, what is left of 1 serves none.
        var sharing = GPUSharing(of: [gpu(0), gpu(1)])
        sharing.take(500, ofGPU: 0)
        sharing.take(400, ofGPU: 1)
        #expect(choose(share(4), sharing, recent: workload(share(20))) == 1)
        #expect(choose(share(4), sharing) == 0)
    }

    @Test func `nothing is of use to jobs without a GPU or with more cores than are free`() {
        let sharing = GPUSharing(of: [gpu(0), gpu(1)])
        #expect(sharing.fragmentation(freeCores: 8, recent: workload(nil)) == 2000)
        #expect(sharing.fragmentation(freeCores: 8, recent: workload(share(10))) == 0)
        #expect(sharing.fragmentation(freeCores: 0, recent: workload(share(10))) == 2000)
    }

    @Test func `what is free of GPUs with too little is of no use`() {
        var sharing = GPUSharing(of: [gpu(0), gpu(1), gpu(2, type: "t4")])
        sharing.take(800, ofGPU: 0)
        let a100 = share(10, type: "a100")
        #expect(sharing.fragmentation(freeCores: 1, recent: workload(a100)) == 200 + 1000)
        #expect(
            sharing.fragmentation(freeCores: 1, recent: workload(a100, a100, nil))
                == 2 * 1200 + 2200
        )
        // Two whole ones of a type are not there: nothing is of use.
        let pair = GPURequest(count: 2, type: "a100")
        #expect(sharing.fragmentation(freeCores: 1, recent: workload(pair)) == 2200)
    }

    @Test func `the choice adds least to what is of no use`() {
        for seed in UInt64(1)...300 {
            var generator = SeededGenerator(seed: seed)
            var sharing = GPUSharing(
                of: (0..<4).map {
                    gpu($0, gigabytes: [16, 40, 80].randomElement(using: &generator))
                }
            )
            for index in 0..<4 {
                sharing.take(
                    [0, 0, 250, 500, 900].randomElement(using: &generator) ?? 0,
                    ofGPU: index
                )
            }
            var recent = RecentWorkload()
            for _ in 0..<20 {
                let gigabytes = Int64.random(in: 1...40, using: &generator)
                let gpus: GPURequest? =
                    switch Int.random(in: 0...3, using: &generator) {
                    case 0: nil
                    case 1: GPURequest(count: Int.random(in: 1...2, using: &generator))
                    default: share(gigabytes)
                    }
                recent.note(
                    RecentWorkload.Kind(cores: .random(in: 1...8, using: &generator), gpus: gpus)
                )
            }
            let request = share(.random(in: 1...20, using: &generator))
            guard
                let chosen = sharing.standings.first(where: {
                    $0.gpu.index == choose(request, sharing, recent: recent)
                })
            else { continue }
            func after(_ standing: GPUSharing.Standing) -> Int {
                var next = sharing
                next.take(standing.gpu.thousandths(for: request), ofGPU: standing.gpu.index)
                return next.fragmentation(freeCores: 8, recent: recent)
            }
            for other in sharing.standings
            where other.free >= other.gpu.thousandths(for: request) {
                #expect(after(chosen) <= after(other), "seed \(seed)")
                guard after(chosen) == after(other) else { continue }
                #expect(
                    (chosen.free, chosen.gpu.index) <= (other.free, other.gpu.index),
                    "seed \(seed)"
                )
            }
        }
    }

    @Test func `the workload forgets the oldest jobs`() {
        var recent = workload(share(10))
        for _ in 1..<RecentWorkload.length {
            recent.note(RecentWorkload.Kind(cores: 2, gpus: nil))
        }
        #expect(recent.counts.count == 2)
        recent.note(RecentWorkload.Kind(cores: 2, gpus: nil))
        #expect(recent.counts == [RecentWorkload.Kind(cores: 2, gpus: nil): RecentWorkload.length])
    }
}
