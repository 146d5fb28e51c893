import JobModel
import Placement
import Testing

@Suite struct AllocatableUnitsTests {
    @Test func `a unit is a core with all its threads`() {
        let units = AllocatableUnits(of: twoCaches, counting: .core)
        #expect(units.count == 16)
        #expect(units.units[3] == [3, 19])
        #expect(units.cpus == twoCaches.online)
    }

    @Test func `a core of which one thread is forbidden is made of the other`() {
        var topology = twoCaches
        topology.allowed = [0, 1, 17]
        let units = AllocatableUnits(of: topology, counting: .core)
        #expect(units.units == [[0], [1, 17]])
        #expect(units.coreOfUnit == [0, 1])
    }

    @Test func `each allowed thread is a unit where threads count`() {
        var topology = twoCaches
        topology.allowed = [0, 1, 17]
        let units = AllocatableUnits(of: topology, counting: .thread)
        #expect(units.units == [[0], [1], [17]])
        #expect(units.coreOfUnit == [0, 1, 1])
    }

    @Test func `only whole units are counted in a set`() {
        let units = AllocatableUnits(of: twoCaches, counting: .core)
        #expect(units.count(in: [0, 16, 1, 2]) == 1)
        #expect(units.count(in: CPUSet()) == 0)
    }
}
