import CommandLineSupport
import JobModel

var options = HistoryOptions()
let operands = HistoryOptions.table.readCommandLine(into: &options)
if !operands.isEmpty { options.jobs = (options.jobs ?? []) + Program.jobs(operands) }
History(options).run()
