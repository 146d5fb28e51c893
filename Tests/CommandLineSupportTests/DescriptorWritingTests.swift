import CommandLineSupport
import Glibc
import Linux
import Testing

@Suite struct DescriptorWritingTests {
    @Test func `a full disk is an error`() {
        let full = Descriptor(owning: open("/dev/full", O_WRONLY))
        var buffer = OutputBuffer()
        buffer.append("x")
        let error = #expect(throws: SystemError.self) { try buffer.write(to: full.number) }
        #expect(error?.code == ENOSPC)
    }

    @Test func `a reader that went away is none`() throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        let writer = Descriptor(owning: ends[1])
        var buffer = OutputBuffer()
        buffer.append("x")
        try buffer.write(to: writer.number)
    }

    @Test func `everything is written, however many calls it takes`() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        let reader = Descriptor(owning: ends[0])
        let number = ends[1]
        let count = 1_000_000
        let writer = Task.detached {
            let end = Descriptor(owning: number)
            var buffer = OutputBuffer()
            for _ in 0..<count { buffer.append(UInt8(ascii: "x")) }
            try buffer.write(to: end.number)
        }
        var total = 0
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let got = read(reader.number, &chunk, chunk.count), got > 0 { total += got }
        #expect(total == count)
        _ = writer
    }
}
