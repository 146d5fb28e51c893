import CommandLineSupport
import JobModel

var options = SimulateOptions()
if let operand = SimulateOptions.table.readCommandLine(into: &options).first {
    Program.fail(
        "'\(operand.string)' is not expected; name a trace with --trace",
        .usage
    )
}
Simulate(options).run()
