internal import JobModel

extension OptionList {
    /// Reads the program's own command line, and answers `--help`, `--version`, `--completion`: the
    /// first thing that a program does.
    ///
    /// Ends the program after such an answer, and after a mistake with status 64 and one line.
    public func readCommandLine() -> OptionReading {
        StandardStreams.fill()
        // Swift reads them from /proc, which takes a descriptor.
        guard CommandLine.argc > 0 else {
            Program.fail("its own arguments cannot be read from /proc", .inputOutput)
        }
        do {
            let reading = try read(Program.arguments)
            if let question = reading.question { answer(question) }
            return reading
        } catch {
            Program.fail(error.description, .usage)
        }
    }

    private func answer(_ question: OptionReading.Question) -> Never {
        var output = OutputBuffer()
        switch question {
        case .help:
            output.append(help(program: Program.name))
        case .version:
            output.append("\(Program.name) (Sluice) \(Version.current)\n")
        case .completion(let shell):
            do {
                let shell = try Shell(parsing: shell)
                output.append(completion(for: shell, program: Program.name))
            } catch {
                Program.fail("--completion: \(error)", .usage)
            }
        }
        Program.finish(output)
    }
}
