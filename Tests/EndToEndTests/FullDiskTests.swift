import Foundation
import Glibc
import JobModel
import Testing

extension EndToEnd {
    /// A state folder on a disk that fills up.
    @Suite(.enabled(if: geteuid() == 0, "only root can mount a small disk"))
    struct FullDiskTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
            mkdir(queue.home, 0o700)
        }

        /// Runs the body with a disk of 2 MiB under the state folder.
        private func onSmallDisk(_ body: () throws -> Void) throws {
            let mounted = mount("tmpfs", queue.home, "tmpfs", 0, "size=2m,mode=0700")
            try #require(mounted == 0, "no disk can be mounted")
            defer {
                queue.killDaemon()
                queue.closeStore()
                umount2(queue.home, CInt(MNT_DETACH))
            }
            try body()
        }

        /// - Parameter rest: how many bytes stay free.
        private func fill(leaving rest: off_t = 0) {
            let file = open(queue.home + "/ballast", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            let page = [UInt8](repeating: 1, count: 4_096)
            while write(file, page, page.count) > 0 {}
            if rest > 0 { ftruncate(file, lseek(file, 0, SEEK_END) - rest) }
            close(file)
        }

        @Test func `a submission on a full disk is refused and leaves the queue alone`() throws {
            try onSmallDisk {
                _ = try queue.job("true")
                fill()
                let run = try queue.submit(["--wrap", String(repeating: "x", count: 100_000)])
                #expect(run.exitCode == 69 || run.exitCode == 74, "\(run)")
                #expect(queue.isOneLine(run.errors) && run.output.isEmpty)
                #expect(run.errors.contains("full") || run.errors.contains("No space"))
                unlink(queue.home + "/ballast")
                #expect(try queue.allRecords().count == 1)
                #expect(try queue.job("true").rawValue == 2)
            }
        }

        @Test func `a script waits while the disk has no room for it`() throws {
            try onSmallDisk {
                try queue.awaitDaemon()
                let first = try queue.blocker("go", "-c", "2")
                try queue.wait(until: "it runs") { queue.exists("started") }
                let next = try queue.job(input: "#!/bin/sh\nexit 7\n")
                fill(leaving: 40_960)
                queue.touch("go")
                try queue.wait(until: "schedd has told of it") { queue.log.contains("is full") }
                #expect(try queue.record(next).state == .pending)
                unlink(queue.home + "/ballast")
                #expect(try queue.end(first).state == .completed)
                let record = try queue.end(next)
                #expect(record.exitCode == 7 && record.attempts == 1)
            }
        }

        @Test func `an end that comes while the disk is full is not lost`() throws {
            try onSmallDisk {
                try queue.awaitDaemon()
                let id = try queue.job(input: TestQueue.waiting(for: "go", then: "exit 7"))
                try queue.wait(until: "it runs") { queue.exists("started") }
                fill()
                queue.touch("go")
                try queue.wait(until: "it has ended") {
                    try queue.members().allSatisfy(\.isSupervisor)
                }
                try queue.wait(until: "schedd has told of it") {
                    try queue.log.contains("full") || queue.store.end(of: id) != nil
                }
                unlink(queue.home + "/ballast")
                let record = try queue.end(id)
                #expect(record.state == .failed && record.exitCode == 7)
                #expect(try queue.end(try queue.job("true")).state == .completed)
                #expect(queue.daemon?.hasEnded == false)
            }
        }
    }
}
