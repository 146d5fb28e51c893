import Foundation
import Glibc
import JobModel
import Testing

extension EndToEnd {
    /// What a job finds around it: folder, environment, limits, files.
    struct SurroundingsTests {
        let queue: TestQueue

        init() throws {
            queue = try #require(TestQueue.current)
            try queue.awaitDaemon()
        }

        /// What a wrapped line prints.
        private func output(of line: String, _ words: [String] = []) throws -> String {
            let run = try queue.submit(words + ["--parsable", "-o", "out", "--wrap", line])
            let id = JobID(rawValue: try #require(Int64(run.output.dropLast()), "\(run.errors)"))
            #expect(try queue.end(id).state == .completed)
            return queue.text("out")
        }

        @Test func `a job starts in the folder that it was submitted from`() throws {
            #expect(try output(of: "pwd") == queue.work + "\n")
        }

        @Test func `a job starts in the folder that it was given`() throws {
            let id = try queue.job("-D", "/", "-o", queue.work + "/out", "pwd")
            #expect(try queue.end(id).state == .completed)
            #expect(queue.text("out") == "/\n")
        }

        @Test func `a job has the environment of its submitter`() throws {
            let odd = "two\nlines = 'x' \\ é"
            let id = try queue.job(
                "-o",
                "out",
                "--wrap",
                "printf %s \"$ODD\"; printf %s \"${SLUICE_READY_FD-none}\"",
                adding: ["ODD": odd]
            )
            #expect(try queue.end(id).state == .completed)
            #expect(queue.text("out") == odd + "none")
        }

        @Test func `a job has of the environment what it was given`() throws {
            let line = "echo ${ONE-no} ${TWO-no} ${THREE-no}"
            let variables = ["ONE": "1", "TWO": "2"]
            let none = try queue.job(
                "-o",
                "none",
                "--export=NONE",
                "--wrap",
                line,
                adding: variables
            )
            let some = try queue.job(
                "-o",
                "some",
                "--export=ONE,THREE=3",
                "--wrap",
                line,
                adding: variables
            )
            try queue.end(none)
            try queue.end(some)
            #expect(queue.text("none") == "no no no\n")
            #expect(queue.text("some") == "1 no 3\n")
        }

        @Test func `a job has the umask and the limits of its submitter`() throws {
            let submit = TestQueue.programs + "/submit"
            let line = "umask; ulimit -S -n; ulimit -H -n; ulimit -c; echo > made"
            let run = try queue.run([
                "/bin/bash", "-c",
                "umask 027; ulimit -S -n 77; ulimit -H -n 99; ulimit -c 0; "
                    + "exec \(submit) -o out --wrap '\(line)'",
            ])
            #expect(run.output == "Submitted batch job 1\n", "\(run.errors)")
            #expect(try queue.end(JobID(rawValue: 1)).state == .completed)
            #expect(queue.text("out") == "0027\n77\n99\n0\n")
            var status = stat()
            #expect(stat(queue.work + "/made", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o640)
        }

        @Test func `output goes to a file named after the job by default`() throws {
            let id = try queue.job("--wrap", "echo out; echo err >&2")
            try queue.end(id)
            #expect(queue.text("slurm-\(id).out") == "out\nerr\n")
            let array = try queue.job("-a", "3,5", "--wrap", "echo $SLURM_ARRAY_TASK_ID")
            try queue.endArray(array)
            #expect(queue.text("slurm-\(array)_3.out") == "3\n")
            #expect(queue.text("slurm-\(array)_5.out") == "5\n")
        }

        @Test func `output files are named by patterns`() throws {
            let id = try queue.job(
                "-J",
                "name",
                "-o",
                "%x-%4j-%A-%u-%%",
                "-e",
                "err.%j",
                "--wrap",
                "echo out; echo err >&2"
            )
            let record = try queue.end(id)
            let name = "name-0001-1-\(record.user)-%"
            #expect(queue.text(name) == "out\n")
            #expect(queue.text("err.1") == "err\n")
            #expect(record.details?.outputPath.string == "\(queue.work)/\(name)")
            #expect(record.details?.errorPath.string == "\(queue.work)/err.1")
            let array = try queue.job("-a", "7", "-o", "%A_%3a_%j", "--wrap", "echo task")
            let task = try #require(try queue.endArray(array).first)
            #expect(queue.text("\(array)_007_\(task.id)") == "task\n")
        }

        @Test func `output files are truncated unless they are to be added to`() throws {
            queue.write("out", "before\n")
            #expect(try output(of: "echo one") == "one\n")
            #expect(try output(of: "echo two", ["--open-mode=append"]) == "one\ntwo\n")
        }

        @Test func `input comes from a file, or is empty`() throws {
            queue.write("in", "hello\n")
            #expect(try output(of: "cat", ["-i", "in"]) == "hello\n")
            #expect(try output(of: "cat; echo end") == "end\n")
        }

        @Test func `a job is told in Slurm's variables what it is and has`() throws {
            let line = """
                echo $SLURM_JOB_ID $SLURM_JOBID $SLURM_JOB_NAME $SLURM_CPUS_ON_NODE \
                $SLURM_CPUS_PER_TASK ${SLURM_NTASKS-none} $SLURM_SUBMIT_DIR $SLURM_MEM_PER_NODE \
                ${SLURM_RESTART_COUNT-none} ${SLURM_ARRAY_JOB_ID-none} $SLURM_JOB_NUM_NODES
                """
            let words = ["-J", "told", "-c", "2", "--mem=64M"]
            let expected = "1 1 told 2 2 none \(queue.work) 64 none none 1\n"
            #expect(try output(of: line, words) == expected)
            let other = "echo ${SLURM_CPUS_PER_TASK-none} $SLURM_NTASKS $SLURM_CPUS_ON_NODE"
            #expect(try output(of: other, ["-n", "2"]) == "none 2 2\n")
        }

        @Test func `a job is told where it was submitted, wherever it starts`() throws {
            mkdir(queue.work + "/other", 0o755)
            let line = "echo $SLURM_SUBMIT_DIR; pwd"
            let id = try queue.job("-D", "other", "-o", "out", "--export=NIL", "--wrap", line)
            #expect(try queue.end(id).state == .completed)
            #expect(queue.lines("other/out") == [queue.work, "\(queue.work)/other"])
        }

        @Test func `what a surrounding job was told is not handed on`() throws {
            let id = try queue.job(
                "-o",
                "out",
                "--wrap",
                "echo ${SLURM_ARRAY_TASK_ID-none} $SLURM_JOB_ID",
                adding: ["SLURM_ARRAY_TASK_ID": "9", "SLURM_JOB_ID": "99"]
            )
            try queue.end(id)
            #expect(queue.text("out") == "none \(id)\n")
        }

        @Test func `a job's processes are the first to go when memory runs out`() throws {
            #expect(try output(of: "cat /proc/self/oom_score_adj") == "500\n")
        }

        @Test func `a job inherits no descriptor and no ignored signal`() throws {
            let id = try queue.job("-o", "descriptors", "ls", "/proc/self/fd")
            try queue.end(id)
            // The fourth is that of the listing itself.
            #expect(queue.lines("descriptors") == ["0", "1", "2", "3"])
            let ignored = try output(of: "grep -E 'SigIgn|SigBlk' /proc/self/status")
            #expect(ignored == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n")
        }
    }
}
