internal import JobModel

extension ClaimSlot: SlotContent {
    static let slot = AttemptRecord.Slot.claim

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        attempt = AttemptID(
            job: JobID(rawValue: try reader.number()),
            number: Int(try reader.number(Int64.self))
        )
        boot = BootIdentity(text: try reader.string())
        isVoid = try reader.flag()
    }

    func write(to writer: inout ByteWriter) {
        writer.put(attempt.job.rawValue)
        writer.put(Int64(attempt.number))
        writer.put(boot.text)
        writer.put(isVoid)
    }
}

extension OrderSlot: SlotContent {
    static let slot = AttemptRecord.Slot.orders

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        number = try reader.number()
        switch try reader.number(UInt8.self) {
        case 1: order = .cancel
        case 2: order = .requeue
        case 3: order = .signal(try reader.number())
        case 4: order = .setTimeLimit(.unlimited)
        case 5: order = .setTimeLimit(.seconds(try reader.number()))
        case 6: order = .suspend
        case 7:
            let words = try reader.list { (reader) throws(MalformedBytes) in
                try reader.number(UInt.self)
            }
            order = .resume(CPUSet(kernelWords: words))
        default: throw MalformedBytes()
        }
    }

    func write(to writer: inout ByteWriter) {
        writer.put(number)
        switch order {
        case .cancel: writer.put(UInt8(1))
        case .requeue: writer.put(UInt8(2))
        case .signal(let number):
            writer.put(UInt8(3))
            writer.put(number)
        case .setTimeLimit(.unlimited): writer.put(UInt8(4))
        case .setTimeLimit(.seconds(let seconds)):
            writer.put(UInt8(5))
            writer.put(seconds)
        case .suspend: writer.put(UInt8(6))
        case .resume(let cpus):
            writer.put(UInt8(7))
            writer.put(cpus.kernelWords) { $0.put($1) }
        }
    }
}

extension RunSlot: SlotContent {
    static let slot = AttemptRecord.Slot.run

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        supervisor = try Process(from: &reader)
        job = try reader.optional { (reader) throws(MalformedBytes) in try Process(from: &reader) }
        cgroup = try reader.optionalText()
        startedAt = try reader.optional { (reader) throws(MalformedBytes) in
            Timestamp(microseconds: try reader.number())
        }
        lastOrder = try reader.number()
        isSuspended = try reader.flag()
    }

    func write(to writer: inout ByteWriter) {
        supervisor.write(to: &writer)
        writer.put(job) { $1.write(to: &$0) }
        writer.put(cgroup) { $0.put($1) }
        writer.put(startedAt) { $0.put($1.microseconds) }
        writer.put(lastOrder)
        writer.put(isSuspended)
    }
}

extension RunSlot.Process {
    fileprivate init(from reader: inout ByteReader) throws(MalformedBytes) {
        pid = try reader.number()
        startTime = try reader.number()
    }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.put(pid)
        writer.put(startTime)
    }
}

extension Outcome: SlotContent {
    static let slot = AttemptRecord.Slot.exit

    /// The numbers of the causes in a record; never changed, since records outlive programs.
    private static let causes: [Cause] = [
        .exited, .cancelled, .timeLimit, .requeued, .launchFailed, .lost, .neverStarted, .cutOff,
    ]

    /// The longest message that a slot is sure to hold, in bytes.
    private static let longestMessage = 768

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        let cause = Int(try reader.number(UInt8.self))
        guard cause < Self.causes.count else { throw MalformedBytes() }
        self.init(
            cause: Self.causes[cause],
            exitCode: Int(try reader.number(UInt8.self)),
            signal: Int(try reader.number(UInt8.self)),
            endedAt: Timestamp(microseconds: try reader.number()),
            cpuMicroseconds: try reader.number(),
            maxRSSBytes: try reader.number(),
            message: try reader.string()
        )
    }

    func write(to writer: inout ByteWriter) {
        writer.put(UInt8(Self.causes.firstIndex(of: cause) ?? 0))
        writer.put(UInt8(truncatingIfNeeded: exitCode))
        writer.put(UInt8(truncatingIfNeeded: signal))
        writer.put(endedAt.microseconds)
        writer.put(cpuMicroseconds)
        writer.put(maxRSSBytes)
        writer.put(ByteString(Array(message.utf8.prefix(Self.longestMessage))))
    }
}
