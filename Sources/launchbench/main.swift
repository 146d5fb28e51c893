import Glibc
import JobModel
import Linux
import Supervision
import CLinux

let count = Int(CommandLine.arguments[1])!
let path = CommandLine.arguments[2]
let stepd = CommandLine.arguments[3]
let useCgroup = CommandLine.arguments[4] == "cgroup"
let script = CommandLine.arguments.count > 5
let state = try Folder(path: path)
nonisolated(unsafe) var spool = try Spool(in: state)
let boot = try BootIdentity.current()
let bell = try Doorbell.Listener(in: state)
let parent = useCgroup ? CgroupParent.make(for: spool) : nil
if useCgroup { print("cgroup", parent?.string ?? "none") }
nonisolated(unsafe) var env: [ByteString] = []
for i in 0..<40 { env.append(ByteString("VARIABLE_\(i)=some value of usual length \(i)")) }

func cpu() -> Int64 {
    var total: Int64 = 0
    for who in [RUSAGE_SELF.rawValue, RUSAGE_CHILDREN.rawValue] {
        var u = rusage()
        getrusage(who, &u)
        total += Int64(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1_000_000 + Int64(u.ru_utime.tv_usec + u.ru_stime.tv_usec)
    }
    return total
}
nonisolated(unsafe) var cp: Int64 = 0, co: Int64 = 0
func plain() -> Int64 {
    let start = Clock.monotonicMicroseconds
    var running = 0, started = 0
    var argv: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
    while started < count || running > 0 {
        if running < 2 && started < count {
            var pid: pid_t = 0
            posix_spawn(&pid, "/bin/true", nil, nil, &argv, nil)
            running += 1; started += 1
            continue
        }
        var s: CInt = 0
        waitpid(-1, &s, 0)
        running -= 1
    }
    return Clock.monotonicMicroseconds - start
}

nonisolated(unsafe) var base: Int64 = 0
nonisolated(unsafe) var tc: Int64 = 0, tl: Int64 = 0, tr: Int64 = 0, to: Int64 = 0, tm: Int64 = 0
func ours() throws -> Int64 {
    let start = Clock.monotonicMicroseconds
    var running: [SupervisedAttempt] = []
    var started = 0
    while started < count || !running.isEmpty {
        if running.count < 2 && started < count {
            started += 1; base += 1
            let id = AttemptID(job: JobID(rawValue: base), number: 1)
            var spec = LaunchSpecification(attempt: id, stateFolder: ByteString(path),
                payload: script ? .script("#!/bin/true\n", arguments: []) : .command(path: "/bin/true", arguments: ["true"]), environment: env,
                workDirectory: ByteString(path), outputPath: "/dev/null")
            spec.cgroupParent = parent
            spec.affinity = CPUSet([0, 1])
            let t0 = Clock.monotonicMicroseconds
            let record = try spool.create(ClaimSlot(attempt: id, boot: boot))
            let t1 = Clock.monotonicMicroseconds
            running.append(try spool.launch(spec, record: record, supervisor: stepd))
            let t2 = Clock.monotonicMicroseconds
            tc += t1 - t0; tl += t2 - t1
            continue
        }
        var fds = running.map { pollfd(fd: $0.pidfd!, events: Int16(POLLIN), revents: 0) }
        poll(&fds, nfds_t(fds.count), -1)
        bell.drain()
        for i in fds.indices.reversed() where fds[i].revents != 0 {
            let a = running.remove(at: i)
            let t0 = Clock.monotonicMicroseconds
            _ = a.reap()
            let t1 = Clock.monotonicMicroseconds
            let o = try a.outcome()
            if o?.cause != .exited || o?.exitCode != 0 { print("bad", o as Any) }
            let t2 = Clock.monotonicMicroseconds
            try spool.remove(a.attempt)
            let t3 = Clock.monotonicMicroseconds
            tr += t1 - t0; to += t2 - t1; tm += t3 - t2
        }
    }
    return Clock.monotonicMicroseconds - start
}
var ratios: [Double] = []
for _ in 0..<7 {
    let c0 = cpu()
    let p = plain()
    let c1 = cpu()
    let o = try ours()
    let c2 = cpu()
    let p2 = plain()
    cp += c1 - c0; co += c2 - c1
    ratios.append(Double(p + p2) / 2 / Double(o))
    print("plain \(Double(p)/Double(count)) us/job, ours \(Double(o)/Double(count)) us/job, ratio", ratios.last!)
}
let t = Double(count * 7)
print("create", Double(tc)/t, "launch", Double(tl)/t, "reap", Double(tr)/t, "outcome", Double(to)/t, "remove", Double(tm)/t)
print("cpu plain", Double(cp)/t, "ours", Double(co)/t, "ratio", Double(cp)/Double(co))
ratios.sort()
print("median ratio", ratios[3])
if let parent { CgroupParent.remove(parent) }
