import JobModel
import Testing

@Suite struct JobScriptTests {
    private func words(_ script: String) throws -> [String] {
        try JobScript(ByteString(script)).optionWords().map(\.text.string)
    }

    @Test func `options are read up to the first command`() throws {
        let script = """
            #!/bin/sh
            # a comment
            #SBATCH -c 2

            #SBATCH --mem=1G
            echo
            #SBATCH --time=5
            """
        #expect(try words(script) == ["-c", "2", "--mem=1G"])
    }

    @Test func `only a mark in column 0 counts`() throws {
        #expect(try words("#!/bin/sh\n #SBATCH -n 2\n") == [])
        #expect(try words("#!/bin/sh\n##SBATCH -n 2\n# SBATCH -n 3\n#SBATCH -n 4") == ["-n", "4"])
        #expect(try words("#!/bin/sh\n#SBATCH--mem=1\n#SBATCH\t-c 2\n") == ["--mem=1", "-c", "2"])
        #expect(try words("#!/bin/sh\n#PBS -N x\n#BSUB -J y\n#sbatch -c 1\n") == [])
        #expect(try words("#!/bin/sh\ncat <<EOF\n#SBATCH -c 2\nEOF\n") == [])
    }

    @Test func `quotes keep words together`() throws {
        #expect(
            try words("#!/bin/sh\n#SBATCH -J \"a b\" --comment='c  d' -o x\\'y\n")
                == ["-J", "a b", "--comment=c  d", "-o", "x'y"]
        )
        #expect(
            try words("#!/bin/sh\n#SBATCH --comment=\"say \\\"hi\\\"\"\n") == [
                "--comment=say \"hi\""
            ]
        )
        #expect(try words("#!/bin/sh\n#SBATCH -J \"\" -H\n") == ["-J", "", "-H"])
    }

    @Test func `a backslash before a blank does not join words`() throws {
        #expect(try words("#!/bin/sh\n#SBATCH -J a\\ b\n") == ["-J", "a", "b"])
        #expect(try words("#!/bin/sh\n#SBATCH -J a\\\n") == ["-J", "a"])
    }

    @Test func `an unquoted number sign starts a comment`() throws {
        #expect(
            try words("#!/bin/sh\n#SBATCH -c 2 # two\n#SBATCH -J '#x'\n") == [
                "-c", "2", "-J", "#x",
            ]
        )
    }

    @Test func `variables and tildes stay as they are`() throws {
        #expect(try words("#!/bin/sh\n#SBATCH -o $HOME/~x\n") == ["-o", "$HOME/~x"])
    }

    @Test func `each word knows its line`() throws {
        let script = try JobScript("#!/bin/sh\n\n#SBATCH -c 2\n#\n#SBATCH -H\n")
        #expect(try script.optionWords().map(\.line) == [3, 3, 5])
    }

    @Test func `an open quote is refused with its line`() throws {
        let script = try JobScript("#!/bin/sh\n#SBATCH -J \"unterminated\n")
        #expect(throws: ScriptError.openQuote("\"", line: 2)) { try script.optionWords() }
    }

    @Test func `what Slurm would not take as a script is refused`() {
        #expect(throws: ScriptError.empty) { try JobScript("") }
        #expect(throws: ScriptError.noInterpreter) { try JobScript("echo hello\n") }
        #expect(throws: ScriptError.noInterpreter) { try JobScript("\n#!/bin/sh\n") }
        #expect(throws: ScriptError.dosLineBreak(line: 1)) { try JobScript("#!/bin/sh\r\nls\r\n") }
        #expect(throws: ScriptError.dosLineBreak(line: 3)) { try JobScript("#!/bin/sh\n\nls\r\n") }
        let large = ByteString(
            Array("#!/bin/sh\n".utf8) + Array(repeating: 0x20, count: JobScript.largestSize)
        )
        #expect(throws: ScriptError.tooLarge) {
            try JobScript(large)
        }
    }

    @Test func `a space before the interpreter is fine`() throws {
        #expect(try words("#! /bin/sh\n#SBATCH -H") == ["-H"])
    }

    @Test func `a wrapped line is a script for sh`() throws {
        let script = JobScript(wrapping: "echo 'a b' | wc")
        #expect(script.content.string.hasPrefix("#!/bin/sh\n"))
        #expect(script.content.string.hasSuffix("\n\necho 'a b' | wc\n"))
        #expect(try script.optionWords().isEmpty)
    }
}
