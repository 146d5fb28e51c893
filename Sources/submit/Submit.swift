import CommandLineSupport
import JobModel
import Linux

/// What `submit` does: read what is asked, look at all of it, then put it in the queue.
enum Submit {
    static func run() -> Never {
        let options = SubmitOptions.table.list
        let reading = options.readCommandLine()
        do {
            let variables = options.readEnvironment()
            let caller = try CallerContext()
            let submission = try Submission(reading, variables: variables, caller: caller)
            enqueue(submission)
        } catch {
            Program.fail(error.description, error.status)
        }
    }
}
