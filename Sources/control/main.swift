import CommandLineSupport
import JobModel

var options = ControlOptions()
let operands = ControlOptions.table.readCommandLine(into: &options)
Control.run(options, operands)
