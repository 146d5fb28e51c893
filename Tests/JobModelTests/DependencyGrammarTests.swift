import JobModel
import SeededRandom
import Testing

@Suite struct DependencyGrammarTests {
    @Test(
        arguments: [
            ("afterok:1", "afterok:1"), ("afterok:1,2", "afterok:1,afterany:2"),
            ("1", "afterany:1"), ("afterok:1:2:3", "afterok:1,afterok:2,afterok:3"),
            ("after:1+5:2", "after:1+5,after:2"), ("AfterNotOK:9_4", "afternotok:9_4"),
            ("afterok:1?afterany:2", "afterok:1?afterany:2"),
            ("afterok:1,afterany:2?aftercorr:3", "afterok:1?afterany:2?aftercorr:3"),
            ("SINGLETON", "singleton"), ("singleton,afterok:3", "singleton,afterok:3"),
            ("afterburstbuffer:4", "afterburstbuffer:4"), ("afterok:125_*", "afterok:125"),
            ("afterok:9_[1-3]", "afterok:9_[1-3]"),
        ]
    )
    func `a dependency is read as Slurm reads it`(text: String, printed: String) throws {
        #expect(try Dependency(parsing: ByteString(text)).description == printed)
    }

    @Test(
        arguments: [
            "afterok:", "afterok:1:", "none", "afterok: 1", "afterok:1, 2", "", ",", "afterok",
            "afterok:0", "singleton:5", "afterok:1+5", "after:1+", "after:1+x", "afterok:1,",
            "afterok:1??2", "before:1", "afterok:x",
        ]
    )
    func `what is no dependency is refused`(text: String) {
        #expect(throws: ParseError(ByteString(text), .dependency)) {
            try Dependency(parsing: ByteString(text))
        }
    }

    @Test func `a printed dependency is read back as the same`() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<1_000 {
            let conditions = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                let kind = Dependency.Kind.allCases.randomElement(using: &generator) ?? .afterok
                guard kind != .singleton else { return Dependency.Condition(kind: kind, job: nil) }
                return Dependency.Condition(
                    kind: kind,
                    job: JobReference(
                        id: JobID(rawValue: .random(in: 1...99_999, using: &generator)),
                        tasks: Bool.random(using: &generator)
                            ? ArrayIndexSet(.random(in: 0...99, using: &generator)) : nil
                    ),
                    minutes: kind == .after ? .random(in: 0...90, using: &generator) : 0
                )
            }
            let combination: Dependency.Combination = conditions.count > 1 ? .any : .all
            let dependency = Dependency(combination, conditions)
            #expect(try Dependency(parsing: ByteString(dependency.description)) == dependency)
        }
    }
}
