/// What is free now, and what comes free when the runs end as expected.
///
/// Kept from event to event: a run that comes or goes costs a binary search and the move of those
/// behind it, in a list no longer than there are cores.
struct AvailabilityProfile {
    /// What one run holds and gives back at its end.
    struct Release {
        /// When the run is expected to end; ``Instant/unknown`` where nobody knows.
        var end: Instant
        var run: RunID
        var amounts: Amounts
        /// Whether a run that outlives its end is given a later one.
        var canGrow = false
    }

    /// In the order of the ends, those that nobody knows last; equals by run.
    private(set) var releases: [Release] = []
    private(set) var free: Amounts
    /// How many of the releases can grow.
    private(set) var growingCount = 0
    /// The GPUs that may be given out at all.
    private(set) var usableGPUs: GPUSet

    init(capacity: Amounts) {
        free = capacity
        usableGPUs = capacity.gpus
    }

    /// A run now holds its amounts.
    mutating func add(_ release: Release) {
        releases.insert(release, at: position(of: release.run, endingAt: release.end))
        free.subtract(release.amounts)
        growingCount += release.canGrow ? 1 : 0
    }

    /// A run holds nothing any more; its record is returned.
    @discardableResult
    mutating func remove(_ run: RunID, endingAt end: Instant) -> Release {
        let index = position(of: run, endingAt: end)
        precondition(index < releases.count && releases[index].run == run, "no such run")
        let release = releases.remove(at: index)
        free.add(release.amounts)
        growingCount -= release.canGrow ? 1 : 0
        if !release.amounts.gpusInPart.isEmpty { updateFreeGPUs() }
        return release
    }

    /// Says which GPUs may be given out; what runs on others goes on.
    mutating func setUsable(_ gpus: GPUSet) {
        usableGPUs = gpus
        updateFreeGPUs()
    }

    /// What is usable of a release.
    func amounts(of release: Release) -> Amounts { usable(release.amounts) }

    /// These amounts but for GPUs that may not be given out.
    func usable(_ amounts: Amounts) -> Amounts {
        var amounts = amounts
        amounts.gpus = amounts.gpus.intersection(usableGPUs)
        if !amounts.parts.isEmpty { amounts.parts = amounts.parts.intersection(usableGPUs) }
        return amounts
    }

    /// The end of a release as it is counted at an instant.
    ///
    /// A run that has outlived its expected end counts as ending in the next instant: sooner
    /// than anything that could start now, so that nothing slips in front of whoever waits for it.
    func end(of release: Release, at now: Instant) -> Instant {
        max(release.end, now.next)
    }

    // Two runs that hold one GPU are a mistake of the past, adopted from a queue; the GPU is free
    // when the last of them ends. Hence the union over those left, and no subtraction.
    private mutating func updateFreeGPUs() {
        free.gpus = releases.reduce(usableGPUs) { $0.subtracting($1.amounts.gpus) }
        free.parts = GPUParts()
        for release in releases { free.hold(GPUSet(), release.amounts.parts) }
    }

    private func position(of run: RunID, endingAt end: Instant) -> Int {
        var low = 0
        var high = releases.count
        while low < high {
            let middle = (low + high) / 2
            if (releases[middle].end, releases[middle].run) < (end, run) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
