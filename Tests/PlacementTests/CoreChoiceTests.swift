import JobModel
import Placement
import Testing

@Suite struct CoreChoiceTests {
    @Test func `2 cores on an SMT machine are two whole cores`() {
        let choice = CoreChoice(of: twoCaches)
        #expect(choice.choose(2, from: twoCaches.allowed) == [0, 1, 16, 17])
    }

    @Test func `no core at all is always free`() {
        let choice = CoreChoice(of: twoCaches)
        #expect(choice.choose(0, from: CPUSet()) == CPUSet())
        #expect(choice.choose(0, from: twoCaches.allowed) == CPUSet())
    }

    @Test func `a core with one busy thread is not free`() {
        let choice = CoreChoice(of: twoCaches)
        let free = twoCaches.allowed.subtracting([16, 1])
        #expect(choice.choose(1, from: free) == [2, 18])
        #expect(choice.choose(15, from: free) == nil)
    }

    @Test func `the fullest L3 that still fits is taken`() {
        let choice = CoreChoice(of: twoCaches)
        // 5 cores are free in the first L3, 3 in the second.
        let free = twoCaches.allowed.subtracting([0, 1, 2, 8, 9, 10, 11, 12])
        #expect(choice.choose(3, from: free) == [13, 14, 15, 29, 30, 31])
        #expect(choice.choose(4, from: free) == [3, 4, 5, 6, 19, 20, 21, 22])
    }

    @Test func `of equally full L3 the one in the fuller node is taken`() {
        let choice = CoreChoice(of: manyCaches)
        // Node 1 (cores 6 to 11) has one core busy; all other caches are free.
        let free = manyCaches.allowed.subtracting([6])
        #expect(choice.choose(3, from: free) == [9, 10, 11, 57, 58, 59])
    }

    @Test func `a job too large for an L3 stays in one node`() {
        let choice = CoreChoice(of: manyCaches)
        let free = manyCaches.allowed.subtracting([0])
        #expect(choice.choose(4, from: free) == [1, 3, 4, 5, 49, 51, 52, 53])
        #expect(choice.choose(6, from: free) == [6, 7, 8, 9, 10, 11, 54, 55, 56, 57, 58, 59])
    }

    @Test func `a job too large for a node stays in one package`() throws {
        let choice = CoreChoice(of: manyCaches)
        let chosen = try #require(choice.choose(20, from: manyCaches.allowed.subtracting([0])))
        let packages = manyCaches.cores.filter { !$0.cpus.isDisjoint(with: chosen) }
            .map(\.package)
        #expect(Set(packages) == [0])
    }

    @Test func `a job that must straddle takes whole domains first`() {
        let choice = CoreChoice(of: twoCaches)
        let free = twoCaches.allowed.subtracting([0, 1, 2])
        // 5 and 8 are free: all of the emptier cache, and one of the other.
        let expected = CPUSet([3] + Array(8...15) + [19] + Array(24...31))
        #expect(choice.choose(9, from: free) == expected)
    }

    @Test func `the node of the job's GPUs comes first`() {
        let choice = CoreChoice(of: manyCaches)
        #expect(choice.choose(2, from: manyCaches.allowed, near: [5]) == [30, 31, 78, 79])
    }

    @Test func `when that node is full its package is next`() throws {
        let choice = CoreChoice(of: manyCaches)
        let free = manyCaches.allowed.subtracting(CPUSet(30...35))
        let chosen = try #require(choice.choose(2, from: free, near: [5]))
        #expect(chosen.isSubset(of: CPUSet(Array(24...47) + Array(72...95))))
    }

    @Test func `when that package is full any other domain will do`() {
        let choice = CoreChoice(of: manyCaches)
        let free = CPUSet([0, 48, 1, 49])
        #expect(choice.choose(2, from: free, near: [5]) == free)
    }

    @Test func `an unknown node to be near is ignored`() {
        let choice = CoreChoice(of: twoCaches)
        #expect(choice.choose(1, from: twoCaches.allowed, near: [77]) == [0, 16])
    }

    @Test func `with one L3 over two nodes a job stays in one node`() {
        let topology = Shape(nodesPerPackage: 2, coresPerL3: 4, threads: 1, l3PerPackage: true)
            .topology
        let choice = CoreChoice(of: topology)
        #expect(choice.choose(3, from: [1, 2, 3, 4, 5, 6, 7]) == [1, 2, 3])
        #expect(choice.choose(4, from: [1, 2, 3, 4, 5, 6, 7]) == [4, 5, 6, 7])
    }

    @Test func `a hybrid machine's strong cores go first`() {
        let choice = CoreChoice(of: hybrid)
        #expect(choice.choose(2, from: hybrid.allowed) == [0, 1, 2, 3])
    }

    @Test func `a job that the weak cores alone can hold is not mixed`() {
        let choice = CoreChoice(of: hybrid)
        #expect(choice.choose(7, from: hybrid.allowed) == CPUSet(12...18))
    }

    @Test func `a job that must be mixed takes all strong cores`() {
        let choice = CoreChoice(of: hybrid)
        #expect(choice.choose(9, from: hybrid.allowed) == CPUSet(0...14))
    }

    @Test func `hardware threads are given out one by one where they count`() {
        let choice = CoreChoice(of: twoCaches, counting: .thread)
        #expect(choice.choose(3, from: twoCaches.allowed) == [0, 1, 2])
    }

    @Test func `one thread of each core is left without multithreading`() {
        let choice = CoreChoice(of: twoCaches)
        #expect(choice.mask(of: [3, 4, 19, 20], oneThreadPerCore: true) == [3, 4])
        #expect(choice.mask(of: [3, 4, 19, 20], oneThreadPerCore: false) == [3, 4, 19, 20])
    }
}
