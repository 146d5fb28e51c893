import CommandLineSupport
import JobModel

var options = ResourcesOptions()
let operands = ResourcesOptions.table.readCommandLine(into: &options)
if let operand = operands.first {
    Program.fail("'\(operand.string)' is not expected; resources takes options only", .usage)
}
Resources.run(options)
