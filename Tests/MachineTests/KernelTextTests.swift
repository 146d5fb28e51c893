import JobModel
import Testing

@testable import Machine

@Suite struct KernelTextTests {
    private func list(_ text: String) -> CPUSet? { KernelText.list(Array(text.utf8)) }
    private func mask(_ text: String) -> CPUSet? { KernelText.mask(Array(text.utf8)) }

    @Test func `a list has numbers and ranges`() {
        #expect(list("0-3,8,10-11\n") == [0, 1, 2, 3, 8, 10, 11])
        #expect(list("7") == [7])
    }

    @Test func `an empty list is the empty set`() {
        #expect(list("\n") == CPUSet())
        #expect(list("") == CPUSet())
    }

    @Test(arguments: ["a", "3-1", "1,,2", "-1", "1-", "99999999", "1 2", "0-99999999999999999999"])
    func `what is no list is nil`(text: String) {
        #expect(list(text) == nil)
    }

    @Test func `a mask has groups of 32 bits, the highest first`() {
        #expect(mask("00000001,80000000,0000000f\n") == [0, 1, 2, 3, 63, 64])
        #expect(mask("3") == [0, 1])
        #expect(mask("00000000,00000000") == CPUSet())
    }

    @Test func `a mask without commas may be longer than a group`() {
        #expect(mask("100000000f") == [0, 1, 2, 3, 36])
    }

    @Test(arguments: ["", "\n", "x", "1,2,g", "100000000,1", "1,,2"])
    func `what is no mask is nil`(text: String) {
        #expect(mask(text) == nil)
    }

    @Test func `a NUL after the newline is no part of the value`() {
        #expect(list("0-1\n\0") == [0, 1])
        #expect(mask("00000003\n\0") == [0, 1])
    }

    @Test func `a list and the mask of the same CPUs agree`() {
        for seed in 0..<200 {
            let cpus = CPUSet((0..<400).filter { ($0 * 7919 + seed * 104_729) % 11 < 3 })
            let groups = (0..<13).reversed().map { group in
                let bits = (0..<32).reduce(UInt32(0)) { value, bit in
                    cpus.contains(group * 32 + bit) ? value | 1 << UInt32(bit) : value
                }
                let digits = String(bits, radix: 16)
                return String(repeating: "0", count: 8 - digits.count) + digits
            }
            #expect(mask(groups.joined(separator: ",") + "\n") == cpus, "seed \(seed)")
            #expect(list(cpus.map(String.init).joined(separator: ",")) == cpus, "seed \(seed)")
        }
    }

    @Test func `a number may be negative and is followed by anything`() {
        #expect(KernelText.number(Array(" -1\n".utf8)) == -1)
        #expect(KernelText.number(Array("32768K\n".utf8)) == 32768)
        #expect(KernelText.number(Array("max\n".utf8)) == nil)
        #expect(KernelText.number(Array("99999999999999999999".utf8)) == nil)
    }

    @Test func `a key's number is found in the middle of a line`() {
        let meminfo = Array("Node 0 MemFree: 1 kB\nNode 0 MemTotal:   4810528 kB\n".utf8)
        #expect(KernelText.number(after: "MemTotal:", in: meminfo) == 4_810_528)
        #expect(KernelText.number(after: "SwapTotal:", in: meminfo) == nil)
    }
}
