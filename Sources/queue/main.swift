import CommandLineSupport
import JobModel

var options = QueueOptions()
let operands = QueueOptions.table.readCommandLine(into: &options)
if !operands.isEmpty { options.jobs = (options.jobs ?? []) + Program.jobs(operands) }
if let job = options.followed { Follow(job).run() }
Listing(options).run()
