import CommandLineSupport

/// Puts a job in the queue and tells its submitter.
func enqueue(_ submission: Submission) -> Never {
    var output = OutputBuffer()
    output.append("\(submission)\n")
    Program.finish(output)
}
