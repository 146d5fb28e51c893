import Foundation

// bench PROGRAMS [GROUP…]: prints the table of figures of docs/performance.md.
let words = CommandLine.arguments.dropFirst()
guard let programs = words.first else {
    FileHandle.standardError.write(Data("usage: bench FOLDER-OF-PROGRAMS [GROUP…]\n".utf8))
    exit(64)
}
let measurements = Measurements(programs: programs)
let groups: [(name: String, take: () throws -> [Figure])] = [
    ("submission", measurements.submission), ("listing", measurements.listing),
    ("throughput", measurements.throughput), ("latency", measurements.latency),
    ("million", measurements.millionTasks), ("hundred-thousand", measurements.hundredThousand),
    ("sizes", measurements.sizes),
]
let wanted = Set(words.dropFirst())
if let unknown = wanted.first(where: { name in !groups.contains { $0.name == name } }) {
    FileHandle.standardError.write(Data("bench: there is no group '\(unknown)'\n".utf8))
    exit(64)
}
print("| what | measured | floor | |\n|---|---|---|---|")
for group in groups where wanted.isEmpty || wanted.contains(group.name) {
    do {
        for figure in try group.take() {
            let mark = figure.isMet ? "met" : "**missed**"
            print("| \(figure.name) | \(figure.value) | \(figure.floor) | \(mark) |")
        }
    } catch {
        print("| \(group.name) | not measured: \(error) | | |")
    }
    fflush(nil)
}
