import CommandLineSupport
import JobModel

var options = HistoryOptions()
let operands = HistoryOptions.table.readCommandLine(into: &options)
History.run(options, operands)
