import CommandLineSupport
import JobModel

var options = CancelOptions()
let operands = CancelOptions.table.readCommandLine(into: &options)
var cancellation = Cancellation(options, Program.jobs(operands))
cancellation.run()
