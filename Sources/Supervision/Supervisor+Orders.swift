internal import Glibc
internal import JobModel
internal import Linux

extension Supervisor {
    /// Carries out the order in the record, if it is a new one, and notes that down.
    mutating func carryOutOrder() throws(SystemError) {
        guard let slot = try record.order(), slot.number > run.lastOrder else { return }
        switch slot.order {
        case .cancel: react(to: .cancel)
        case .requeue: react(to: .requeue)
        case .signal(SIGKILL): react(to: .kill)
        // Its CPUs are another's until it is resumed.
        case .signal(SIGCONT) where suspendedAt != nil: break
        case .signal(let number): signalAll(number)
        case .setTimeLimit(let limit): timeLimit = limit
        case .suspend: suspend()
        case .resume(let cpus): resume(on: cpus)
        }
        crashPoint(.orderCarriedOut)
        run.lastOrder = slot.number
        try record.write(run)
        // Another order may wait for this one.
        _ = tell()
    }

    /// Does what an event leads to.
    mutating func react(to event: Course.Event) {
        switch course.handle(event) {
        case .wait: break
        case .terminate:
            announceEnd()
            signalAll(SIGTERM)
            // What is stopped would see TERM only at the end of the grace period, and not then.
            goOn()
            signalAll(SIGCONT)
            let wait = specification.killWait.multipliedReportingOverflow(by: 1_000_000)
            nextStep = wait.overflow ? nil : Clock.monotonicMicroseconds + wait.partialValue
        case .kill: killAll()
        }
    }

    /// Sends KILL to all that is left, and sets the time for doing so again.
    mutating func killAll() {
        if (try? cgroup?.kill()) == nil { signalAll(SIGKILL) }
        nextStep = Clock.monotonicMicroseconds + killPause
        killPause = min(killPause * 2, 200_000)
    }

    /// Sends a signal to every process that descends from this one, once to each.
    func signalAll(_ number: CInt) {
        let own = run.supervisor.pid
        var signalled: Set<ProcessStatus.Identity> = []
        // What is forked while the others are being signalled would be left out, and an end that
        // has a grace period would last that long.
        for _ in 0..<Self.signalRounds {
            guard let table = try? ProcessTable() else { return }
            let fresh = table.descendants(of: [own]).filter {
                !$0.isZombie && signalled.insert($0.identity).inserted
            }
            if fresh.isEmpty { return }
            for process in fresh {
                let handle = try? ProcessHandle.open(pid: process.pid) {
                    // The table was not read in one instant: what has another parent by now, and
                    // not this subreaper, may be a stranger.
                    $0.identity == process.identity
                        && ($0.parent == process.parent || $0.parent == own)
                }
                // One that has become another user's is not ours to signal; the next may be.
                _ = try? handle?.send(signal: number)
            }
        }
    }

    /// How often new processes are looked for while a signal goes out.
    private static var signalRounds: Int { 10 }
}
