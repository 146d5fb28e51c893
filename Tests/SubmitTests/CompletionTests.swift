import CommandLineSupport
import Foundation
import Testing

@testable import submit

@Suite struct CompletionTests {
    /// What bash offers at the last of these words.
    private func offers(_ words: [String]) throws -> [String] {
        let script =
            SubmitOptions.table.list.completion(for: .bash, program: "submit")
                + """

                compopt() { :; }
                COMP_WORDS=("$@")
                COMP_CWORD=$(($# - 1))
                _submit
                printf '%s\\n' "${COMPREPLY[@]}"
                """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script, "bash"] + words
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `bash completes the names of options`() throws {
        #expect(try offers(["submit", "--me"]) == ["--mem=", "--mem-per-cpu="])
        #expect(try offers(["submit", "--hel"]) == ["--help"])
    }

    @Test func `bash completes the arguments of options`() throws {
        #expect(try offers(["submit", "--open-mode", "=", "a"]) == ["append"])
        #expect(try offers(["submit", "--hint", "=", ""]) == ["multithread", "nomultithread"])
        #expect(try offers(["submit", "-D", "/us"]) == ["/usr"])
        #expect(try offers(["submit", "--completion", "z"]) == ["zsh"])
    }

    @Test func `zsh is told of every option`() {
        let text = SubmitOptions.table.list.completion(for: .zsh, program: "submit")
        #expect(text.hasPrefix("#compdef submit\n"))
        #expect(text.contains("'(-J --job-name)'{-J+,--job-name=}'[the job'\\''s name"))
        #expect(text.contains("'--gres=[GPUs, as Slurm'\\''s generic resources are asked for]"))
    }
}
