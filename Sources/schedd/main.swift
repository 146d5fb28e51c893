import CommandLineSupport
import JobModel

var options = ScheddOptions()
let operands = ScheddOptions.table.readCommandLine(into: &options)
if let operand = operands.first {
    Program.fail("'\(operand.string)' is not expected; schedd takes options only", .usage)
}
Schedd.run(options)
