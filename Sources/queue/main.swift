import CommandLineSupport
import JobModel

var options = QueueOptions()
let operands = QueueOptions.table.readCommandLine(into: &options)
Listing.run(options, operands)
