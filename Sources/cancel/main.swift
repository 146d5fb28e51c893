import CommandLineSupport
import JobModel

var options = CancelOptions()
let operands = CancelOptions.table.readCommandLine(into: &options)
Cancellation.run(options, operands)
