import CommandLineSupport
import JobModel
import Linux

/// Why nothing was submitted.
enum SubmitError: Error, Equatable {
    /// An option is wrong.
    case option(OptionError)
    /// Neither script nor command, and standard input is a terminal.
    case nothingGiven
    /// `--wrap` and operands together.
    case wrapWithOperands(ByteString)
    /// A share of several GPUs.
    case sharedGPUs(GPURequest)
    /// A file that cannot be read.
    case unreadable(ByteString, SystemError)
    /// A file that is no script.
    case script(ByteString, ScriptError)
    /// A folder where a file is needed.
    case folderAsScript(ByteString)
    /// A name that stands for nothing.
    case notFound(ByteString)
    /// A folder that is missing, and what it is for.
    case missingFolder(ByteString, purpose: String)
    /// The current folder cannot be told.
    case noCurrentFolder(SystemError)
}

extension SubmitError: CustomStringConvertible {
    /// One line: what is wrong, and what would be right.
    var description: String {
        switch self {
        case .option(let error):
            error.description
        case .nothingGiven:
            "there is nothing to run; name a script or a command, or give a script on standard input"
        case .wrapWithOperands(let operand):
            "'\(operand.string)' cannot go with --wrap; put all of it in the wrapped line"
        case .sharedGPUs(let wanted):
            "--gpu-memory is for a share of one GPU, '\(wanted)' are asked for; ask for one, or leave "
                + "--gpu-memory out to have them whole"
        case .unreadable(let path, let error):
            "'\(path.string)' cannot be read: \(error.reason)"
        case .script(let path, let error):
            "\(path.string): \(error)"
        case .folderAsScript(let path):
            "'\(path.string)' is a folder; name a script or a command"
        case .notFound(let name):
            "'\(name.string)' is neither a script in this folder nor a command on PATH; "
                + "give its path"
        case .missingFolder(let path, let purpose):
            "'\(path.string)', \(purpose), is not a folder; make it first, or name another"
        case .noCurrentFolder(let error):
            "the current folder cannot be told: \(error.reason); change to another"
        }
    }

    /// Usage where the command line is wrong in itself; refused where what it names is.
    var status: ExitStatus {
        switch self {
        case .option, .nothingGiven, .wrapWithOperands, .sharedGPUs: .usage
        case .unreadable, .script, .folderAsScript, .notFound, .missingFolder, .noCurrentFolder:
            .refused
        }
    }
}
