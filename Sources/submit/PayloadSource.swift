import CommandLineSupport
import Glibc
import JobModel
import Linux

/// Where a job's payload comes from: a script, a command, standard input, or `--wrap`.
struct PayloadSource {
    /// What is run.
    let payload: JobDescription.Payload
    /// The name that a job has which was given none.
    let name: ByteString
    /// What messages call it.
    let label: ByteString
    /// The script whose `#SBATCH` lines count; nil for a command and for a wrapped line.
    let script: JobScript?

    /// Finds what the operands name.
    ///
    /// The first is a script where it starts with `#!` and is named with a slash or found in the
    /// current folder; else a command, by its path or on PATH.
    ///
    /// - Throws: why it cannot be submitted.
    init(operands: [ByteString], wrap: ByteString?, caller: CallerContext) throws(SubmitError) {
        if let wrap {
            if let operand = operands.first { throw .wrapWithOperands(operand) }
            let script = JobScript(wrapping: wrap)
            self.init(
                payload: .script(script.content, arguments: []),
                name: "wrap",
                label: "wrap",
                script: nil
            )
            return
        }
        guard let operand = operands.first else {
            guard isatty(STDIN_FILENO) == 0 else { throw .nothingGiven }
            try self.init(reading: "standard input", name: "sbatch", arguments: []) {
                () throws(SystemError) in
                try ScriptFile.readStandardInput()
            }
            return
        }
        let path = caller.absolutePath(operand)
        let hasSlash = operand.bytes.contains(UInt8(ascii: "/"))
        if let command = try Self.command(operand, at: path, hasSlash: hasSlash, caller: caller) {
            self.init(
                payload: .command(path: command, arguments: operands),
                name: operand.lastPathComponent,
                label: operand,
                script: nil
            )
            return
        }
        try self.init(
            reading: operand,
            name: operand.lastPathComponent,
            arguments: operands
        ) { () throws(SystemError) in
            try ScriptFile.read(path)
        }
    }

    /// The words of the script's option lines.
    func optionWords(of script: JobScript) throws(SubmitError) -> [JobScript.Word] {
        do {
            return try script.optionWords()
        } catch {
            throw .script(label, error)
        }
    }

    private init(
        payload: JobDescription.Payload,
        name: ByteString,
        label: ByteString,
        script: JobScript?
    ) {
        self.payload = payload
        self.name = name
        self.label = label
        self.script = script
    }

    private init(
        reading label: ByteString,
        name: ByteString,
        arguments: [ByteString],
        _ read: () throws(SystemError) -> ByteString
    ) throws(SubmitError) {
        let content: ByteString
        do {
            content = try read()
        } catch {
            throw .unreadable(label, error)
        }
        do {
            let script = try JobScript(content)
            self.init(
                payload: .script(script.content, arguments: arguments),
                name: name,
                label: label,
                script: script
            )
        } catch {
            throw .script(label, error)
        }
    }

    /// The absolute path of the program that an operand names; nil where it names a script, or
    /// what can only have been meant as one.
    private static func command(
        _ operand: ByteString,
        at path: ByteString,
        hasSlash: Bool,
        caller: CallerContext
    ) throws(SubmitError) -> ByteString? {
        let kind = FileKind(of: path)
        if hasSlash {
            if kind == .folder { throw .folderAsScript(operand) }
            return isProgram(path) ? path : nil
        }
        if kind == .file, JobScript.startsLikeScript(ScriptFile.head(path, count: 2) ?? []) {
            return nil
        }
        if let program = findOnPath(operand, caller: caller) { return program }
        if kind == .folder { throw .folderAsScript(operand) }
        if kind == .file { return nil }
        throw .notFound(operand)
    }

    /// Whether a file is an executable that no interpreter reads: it holds a NUL early on.
    private static func isProgram(_ path: ByteString) -> Bool {
        guard FileKind.isExecutable(path), let head = ScriptFile.head(path, count: 512) else {
            return false
        }
        return !JobScript.startsLikeScript(head) && head.contains(0)
    }

    private static func findOnPath(_ name: ByteString, caller: CallerContext) -> ByteString? {
        guard !name.isEmpty else { return nil }
        let folders = caller.variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        for folder in folders.bytes.split(
            separator: UInt8(ascii: ":"),
            omittingEmptySubsequences: false
        ) {
            // An empty part is the current folder (execvp(3)).
            let folder =
                folder.isEmpty
                ? caller.workDirectory : caller.absolutePath(ByteString(Array(folder)))
            let path = folder.appending(path: name)
            if FileKind.isExecutable(path) { return path }
        }
        return nil
    }
}
