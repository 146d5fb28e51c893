import CommandLineSupport
import JobModel
import Machine
import Placement
import QueueStore

/// What `resources` shows.
enum Resources {
    static func run(_ options: ResourcesOptions) -> Never {
        let machine: MachineDescription
        do {
            machine = try MachineDiscovery.machine(under: options.root?.string ?? "/")
        } catch {
            Program.fail("\(error)", .unavailable)
        }
        var running: [JobRecord] = []
        var facts: MachineFacts?
        var givenOut: GivenOut?
        if options.root == nil {
            Program.withQueue { store in
                facts = try store.machineFacts()
                givenOut = try store.givenOut()
                var filter = JobFilter(.open)
                filter.wantsDetails = options.isJSON
                filter.states = JobStateFilter([.running])
                try store.forEachJob(filter) { running.append($0) }
            }
        }
        let holding = Holding(
            machine: machine,
            facts: facts,
            givenOut: givenOut,
            running: running
        )
        Program.finish(options.isJSON ? holding.json(at: Program.now) : holding.table())
    }
}
