import CommandLineSupport
import JobModel
import Testing

@Suite struct OutputBufferTests {
    private func printed(_ add: (inout OutputBuffer) -> Void) -> String {
        var buffer = OutputBuffer()
        add(&buffer)
        return buffer.string
    }

    @Test(arguments: [0, 7, -7, 10, 1_234_567_890, .max, .min] as [Int64])
    func `numbers are printed in decimal`(number: Int64) {
        #expect(printed { $0.append(number: number) } == "\(number)")
    }

    @Test func `numbers are padded with zeros`() {
        #expect(printed { $0.append(number: 7, digits: 3) } == "007")
        #expect(printed { $0.append(number: 1_234, digits: 3) } == "1234")
        #expect(printed { $0.append(number: UInt64.max) } == "\(UInt64.max)")
    }

    @Test func `times are printed as their own description`() {
        var generator = SystemRandomNumberGenerator()
        for shift in 0..<24 {
            let time = ElapsedTime(seconds: Int64.random(in: 0...(1 << shift), using: &generator))
            #expect(printed { $0.append(time) } == time.description)
        }
    }
}
