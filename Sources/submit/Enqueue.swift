import CommandLineSupport
import JobModel

/// Puts a job in the queue and tells its submitter.
func enqueue(_ submission: Submission) -> Never {
    var output = OutputBuffer()
    TerminalText.append(submission.description.name, to: &output)
    output.append("\n")
    Program.finish(output)
}
