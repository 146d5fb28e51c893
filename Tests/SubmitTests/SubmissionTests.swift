import CommandLineSupport
import JobModel
import Testing

@testable import submit

@Suite struct SubmissionTests {
    private func submission(
        _ words: [String],
        variables: [String: String] = [:],
        caller: CallerContext
    ) throws -> Submission {
        let table = SubmitOptions.table
        return try Submission(
            table.list.read(words.map { ByteString($0) }),
            variables: table.list.readEnvironment { name in
                variables[name.description].map { ByteString($0) }
            },
            caller: caller
        )
    }

    private func job(_ words: [String], in folder: TemporaryFolder) throws -> JobDescription {
        try submission(words, caller: folder.caller()).description
    }

    @Test func `a script is found in the current folder and copied with its arguments`() throws {
        let folder = try TemporaryFolder()
        try folder.write("train", "#!/bin/sh\necho\n")
        let job = try job(["train", "a b", "--mem=x"], in: folder)
        #expect(
            job.payload == .script("#!/bin/sh\necho\n", arguments: ["train", "a b", "--mem=x"])
        )
        #expect(job.name == "train")
        #expect(job.workDirectory == ByteString(folder.path))
    }

    @Test func `a script is named with a slash`() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("jobs")
        let path = try folder.write("jobs/x.sh", "#! /bin/sh\n")
        #expect(try job(["jobs/x.sh"], in: folder).name == "x.sh")
        #expect(try job([path], in: folder).name == "x.sh")
    }

    @Test func `a script in the current folder goes before a command on PATH`() throws {
        let folder = try TemporaryFolder()
        #expect(
            try job(["true", "x"], in: folder).payload
                == .command(path: "/usr/bin/true", arguments: ["true", "x"])
        )
        try folder.write("true", "no script")
        #expect(
            try job(["true"], in: folder).payload
                == .command(path: "/usr/bin/true", arguments: ["true"])
        )
        try folder.write("true", "#!/bin/sh\n")
        #expect(
            try job(["true"], in: folder).payload
                == .script("#!/bin/sh\n", arguments: ["true"])
        )
    }

    @Test func `a command is resolved on the submitter's PATH, relative parts too`() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("bin")
        try folder.write("bin/tool", "x", executable: true)
        try folder.write("here", "x", executable: true)
        let caller = try folder.caller(path: "/nowhere:bin:")
        #expect(
            try submission(["tool"], caller: caller).description.payload
                == .command(path: ByteString("\(folder.path)/bin/tool"), arguments: ["tool"])
        )
        #expect(
            try submission(["here"], caller: caller).description.payload
                == .command(path: ByteString("\(folder.path)/here"), arguments: ["here"])
        )
    }

    @Test func `an executable that is no script is a command`() throws {
        let folder = try TemporaryFolder()
        let program = try folder.write("prog", "\u{7F}ELF\u{0}\u{1}", executable: true)
        #expect(
            try job(["./prog", "x"], in: folder).payload
                == .command(
                    path: ByteString("\(folder.path)/./prog"),
                    arguments: ["./prog", "x"]
                )
        )
        #expect(try job([program], in: folder).name == "prog")
    }

    @Test func `a wrapped line is a script for sh whose lines are no options`() throws {
        let folder = try TemporaryFolder()
        let job = try job(["--wrap", "#SBATCH --foo"], in: folder)
        #expect(job.name == "wrap")
        #expect(job.payload == .script(JobScript(wrapping: "#SBATCH --foo").content, arguments: []))
    }

    @Test func `the command line wins over variables, and these over the script`() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "x.sh",
            "#!/bin/sh\n#SBATCH -J script -t 1 --mem=1M\n#SBATCH -c 2 --mem=2M\n"
        )
        let job = try submission(
            ["-J", "line", "x.sh"],
            variables: ["SBATCH_JOB_NAME": "variable", "SBATCH_TIMELIMIT": "2"],
            caller: folder.caller()
        ).description
        #expect(job.name == "line")
        #expect(job.timeLimit == .seconds(120))
        #expect(job.request.memory == .perNode(MemorySize(bytes: 2 << 20)))
        #expect(job.request.cpusPerTask == 2)
    }

    @Test func `every option reaches the job`() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("out")
        let submission = try submission(
            [
                "-J", "n", "-c2", "-n", "3", "--mem-per-cpu=1G", "-t", "90", "-G", "a100:2", "-o",
                "out/%j", "-e", "e", "-i", "in", "-D", folder.path, "-a", "1-9%2", "-d",
                "afterok:7",
                "-H", "--nice=5", "--priority=9", "--export=NIL", "--requeue", "--parsable", "-W",
                "--comment", "c", "--hint=nomultithread", "--open-mode=append", "true",
            ],
            caller: folder.caller()
        )
        let job = submission.description
        #expect(submission.isParsable && submission.waits)
        #expect(job.name == "n")
        #expect(job.request.cpus == 6)
        #expect(job.request.memory == .perCPU(MemorySize(bytes: 1 << 30)))
        #expect(job.request.gpus == GPURequest(count: 2, type: "a100"))
        #expect(job.request.oneThreadPerCore)
        #expect(job.timeLimit == .seconds(5_400))
        #expect(job.outputPattern == "out/%j" && job.errorPattern == "e")
        #expect(job.inputPattern == "in" && job.appendsOutput)
        #expect(job.array == ArrayIndexSet([.init(first: 1, last: 9)]) && job.arrayThrottle == 2)
        #expect(job.dependency?.description == "afterok:7")
        #expect(job.isHeld && job.nice == 5 && job.priority == 9)
        #expect(job.environment.isEmpty && job.allowsRequeue == true && job.comment == "c")
        #expect(job.limits.count == 16)
    }

    @Test func `a later option takes an earlier one back`() throws {
        let folder = try TemporaryFolder()
        let job = try job(
            [
                "--mem=1G", "--mem-per-cpu=2G", "-G1", "--gres=none", "--requeue", "--no-requeue",
                "true",
            ],
            in: folder
        )
        #expect(job.request.memory == .perCPU(MemorySize(bytes: 2 << 30)))
        #expect(job.request.gpus == nil)
        #expect(job.allowsRequeue == false)
    }

    @Test(arguments: ["", "0"])
    func `an empty dependency or array is none, and takes an earlier one back`(
        _ none: String
    ) throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "x.sh",
            "#!/bin/sh\n#SBATCH -d afterok:7 --array=1-3\n#SBATCH -d '\(none)'\n#SBATCH -a ''\n"
        )
        let script = try job(["x.sh"], in: folder)
        #expect(script.dependency == nil && script.array == nil)
        let line = try job(
            ["-d", "singleton", "-d", none, "-a", "1", "--array=", "true"],
            in: folder
        )
        #expect(line.dependency == nil && line.array == nil && line.arrayThrottle == nil)
        try folder.write("y.sh", "#!/bin/sh\n#SBATCH --array=1-3 --dependency=\(none)\n")
        let variable = try submission(
            ["y.sh"],
            variables: ["SBATCH_ARRAY_INX": ""],
            caller: folder.caller()
        ).description
        #expect(variable.array == nil && variable.dependency == nil)
    }

    @Test func `a priority of 0 holds the job`() throws {
        let job = try job(["--priority=0", "true"], in: try TemporaryFolder())
        #expect(job.isHeld && job.priority == nil)
    }

    @Test func `bytes that are no UTF-8 are kept in arguments`() throws {
        let folder = try TemporaryFolder()
        let word = ByteString([0xFF, 0xFE])
        let reading = try SubmitOptions.table.list.read(["true", word])
        let job = try Submission(reading, variables: [], caller: folder.caller()).description
        #expect(job.payload == .command(path: "/usr/bin/true", arguments: ["true", word]))
    }

    private func refusal(_ words: [String], in folder: TemporaryFolder) throws -> SubmitError {
        let error = #expect(throws: SubmitError.self) { try job(words, in: folder) }
        return try #require(error)
    }

    @Test(
        arguments: [
            (["nofile.sh"], "is neither a script in this folder nor a command on PATH", 1),
            (["./nofile.sh"], "'./nofile.sh' cannot be read: No such file", 1),
            (["empty"], "empty: is empty", 1), (["plain"], "plain: does not start with #!", 1),
            (["./plain"], "./plain: does not start with #!", 1),
            (["crlf"], "crlf: line 1: ends in CR LF", 1),
            (["large"], "large: is larger than 4 MiB", 1),
            (["quote"], "quote: line 2: a \" is not closed", 1),
            (["folder"], "'folder' is a folder", 1), (["./folder"], "'./folder' is a folder", 1),
            (["-D", "nowhere", "true"], "/nowhere', the working directory, is not a folder", 1),
            (["-D", "plain", "true"], "/plain', the working directory, is not a folder", 1),
            (["-o", "no/x", "true"], "/no', the output's folder, is not a folder", 1),
            (["-e", "/nowhere/x", "true"], "'/nowhere', the output's folder, is not a folder", 1),
            (["--wrap=x", "y"], "'y' cannot go with --wrap", 64),
            (["--mem=12Q", "nofile.sh"], "--mem: '12Q' is not a size", 64),
            (["value"], "value: line 2: --time: '5x' is not a time", 64),
            (["stray"], "stray: line 2: 'y' is not an option", 64),
            (["--nice=x", "true"], "--nice: 'x' is not a whole number", 64),
            (
                ["--open-mode=a+", "true"], "--open-mode: 'a+' is not known here; use truncate or",
                64
            ),
            (["--hint=fast", "true"], "--hint: 'fast' is not known here", 64),
            (["-J", "", "true"], "--job-name: '' is empty", 64),
            (["-c0", "true"], "--cpus-per-task: '0' is not a whole number from 1", 64),
            (["--gres=fpga", "true"], "--gres: 'fpga' is not a generic resource of this", 64),
        ] as [([String], String, Int32)]
    )
    func `what cannot be submitted is refused in one line`(
        words: [String],
        message: String,
        status: Int32
    ) throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("folder")
        try folder.write("empty", "", executable: true)
        try folder.write("plain", "echo\n", executable: true)
        try folder.write("crlf", "#!/bin/sh\r\necho\r\n")
        try folder.write("large", "#!/bin/sh\n" + String(repeating: " ", count: 4 << 20))
        try folder.write("quote", "#!/bin/sh\n#SBATCH -J \"x\n")
        try folder.write("value", "#!/bin/sh\n#SBATCH --time=5x\n")
        try folder.write("stray", "#!/bin/sh\n#SBATCH y\n")
        let error = try refusal(words, in: folder)
        #expect(error.description.contains(message))
        #expect(!error.description.contains("\n"))
        #expect(error.status.rawValue == status)
    }

    @Test func `an output folder with marks in it is left to the launch`() throws {
        let folder = try TemporaryFolder()
        #expect(try job(["-o", "%x/%j", "true"], in: folder).outputPattern == "%x/%j")
        #expect(try job(["-o", "/dev/null", "true"], in: folder).outputPattern == "/dev/null")
        #expect(try job(["-o", "/x", "true"], in: folder).outputPattern == "/x")
    }

    @Test func `a share of a GPU is one GPU with so much of its memory`() throws {
        let folder = try TemporaryFolder()
        func gpus(_ words: [String], _ variables: [String: String] = [:]) throws -> GPURequest? {
            try submission(words + ["true"], variables: variables, caller: folder.caller())
                .description.request.gpus
        }
        let share = MemorySize(bytes: 10 << 30)
        #expect(try gpus(["--gpu-memory=10G"]) == GPURequest(count: 1, memory: share))
        #expect(
            try gpus(["--gpu-memory=10G", "-G", "a100"])
                == GPURequest(count: 1, type: "a100", memory: share)
        )
        let variable = ["SBATCH_GPU_MEMORY": "10G"]
        #expect(try gpus([], variable) == GPURequest(count: 1, memory: share))
        #expect(try gpus(["--gpu-memory=0", "-G2"], variable) == GPURequest(count: 2))
        let script = try folder.write("x", "#!/bin/sh\n#SBATCH --gpu-memory=10G -G a100:1\n")
        #expect(
            try job([script], in: folder).request.gpus
                == GPURequest(count: 1, type: "a100", memory: share)
        )
    }

    @Test func `a share of several GPUs is refused`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: SubmitError.self) {
            try job(["-G", "a100:2", "--gpu-memory=10G", "true"], in: folder)
        }
        #expect(error == .sharedGPUs(GPURequest(count: 2, type: "a100")))
        #expect(error?.status == .usage && error?.description.contains("'a100:2'") == true)
    }
}
