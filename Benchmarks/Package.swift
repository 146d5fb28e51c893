// swift-tools-version: 6.1

import PackageDescription

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "sluice", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(name: "bench"),
        .executableTarget(
            name: "PlannerBenchmarks",
            dependencies: [
                .product(name: "Planner", package: "sluice"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/PlannerBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
    ]
)
