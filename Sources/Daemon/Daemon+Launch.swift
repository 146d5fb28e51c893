internal import JobModel
internal import Linux
internal import Logging
internal import Placement
internal import QueueStore
internal import Supervision

/// A claim that is committed and to be brought to life.
struct Launching {
    var claimed: Claimed
    var start: Moves.Start
}

extension Daemon {
    /// Starts the supervisor of a claimed attempt.
    func start(_ launch: Launching) {
        let attempt = launch.claimed.attempt
        var watched = Attempts.Watched(
            attempt: attempt,
            supervised: nil,
            boot: boot,
            allowsRequeue: launch.start.job.allowsRequeue ?? configuration.requeuesJobs
        )
        do {
            let specification = try specification(of: launch)
            let record = try spool.create(ClaimSlot(attempt: attempt, boot: boot))
            watched.supervised = try spool.launch(
                specification,
                record: record,
                supervisor: supervisor
            )
            log.of(attempt).notice(
                "starts on cpus=\(launch.start.allocation.cpus) gpus=\(launch.start.allocation.gpus.count)"
            )
        } catch {
            // It is looked at like one whose launch was cut off: nothing runs, it waits again.
            log.of(attempt).error("could not be launched: \(error)")
        }
        attempts.watch(watched)
    }

    private func specification(of launch: Launching) throws -> LaunchSpecification {
        let claimed = launch.claimed
        let material = try material(claimed.spec)
        let context = OutputPattern.Context(
            job: claimed.attempt.job,
            array: claimed.array,
            taskIndex: claimed.taskIndex,
            jobName: claimed.name,
            userName: ByteString(userNames[claimed.uid] ?? String(claimed.uid)),
            hostName: host
        )
        let payload: JobDescription.Payload =
            if let script = material.script {
                .script(script, arguments: material.arguments)
            } else {
                .command(
                    path: material.arguments.first ?? "",
                    arguments: Array(material.arguments.dropFirst())
                )
            }
        var specification = LaunchSpecification(
            attempt: claimed.attempt,
            stateFolder: ByteString(store.folder.path),
            payload: payload,
            environment: environment(of: launch, material),
            workDirectory: material.workDirectory,
            outputPath: material.outputPath(context)
        )
        specification.inputPath = material.inputPath(context)
        specification.errorPath = material.errorPath(context)
        specification.appendsOutput = material.appendsOutput
        specification.umask = material.umask
        specification.limits = material.limits
        specification.affinity = inventory.choice.mask(
            of: launch.start.allocation.cpus,
            oneThreadPerCore: launch.start.job.request.oneThreadPerCore
        )
        specification.timeLimit = launch.start.job.timeLimit.map { .seconds($0) } ?? .unlimited
        specification.killWait = configuration.killWait
        specification.oomScoreAdjustment = configuration.oomScoreAdjustment
        specification.cgroupParent = cgroupParent
        return specification
    }

    private func environment(of launch: Launching, _ material: LaunchMaterial) -> [ByteString] {
        let held = launch.start.allocation.gpus.map(\.uuid)
        return JobEnvironment(
            claimed: launch.claimed,
            request: launch.start.job.request,
            allocation: launch.start.allocation,
            gpus: inventory.gpus.filter { held.contains($0.uuid) },
            array: material.array,
            userName: userNames[launch.claimed.uid] ?? String(launch.claimed.uid),
            host: host.string,
            hasNVIDIA: inventory.gpus.contains { $0.vendor == .nvidia },
            hasAMD: inventory.gpus.contains { $0.vendor == .amd }
        ).complete(material.environment)
    }

    /// What is run, read once for an array's tasks; its environment is stripped.
    private func material(_ spec: Int64) throws -> LaunchMaterial {
        if let known = materials[spec] { return known }
        var material = try store.launchMaterial(spec)
        material.environment = JobEnvironment.stripped(
            material.environment,
            workDirectory: material.workDirectory
        )
        if materials.count >= 16 { materials.removeAll() }
        materials[spec] = material
        return material
    }
}
