// swift-tools-version: 6.2

import PackageDescription

/// Whether the tools and the supervisor are linked as static executables (docs/architecture.md).
///
/// `make` sets it; a plain `swift build` links dynamically and needs no static archives.
let linksStatically = Context.environment["SLUICE_STATIC"] == "1"

/// No regular expressions: with them, a static executable is 1.5 MB larger.
let lean: [SwiftSetting] = [
    .unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"])
]

/// These imports do not compile in a pure target, so nothing there reads a clock or a file.
let pure: [SwiftSetting] =
    [
        .unsafeFlags(
            ["Foundation", "FoundationEssentials", "Glibc", "Dispatch"].flatMap {
                ["-module-alias", "\($0)=Impure\($0)"]
            } + ["-Xfrontend", "-disable-implicit-concurrency-module-import"]
        )
    ] + lean

/// lld puts side by side what every tool touches.
///
/// The fewer places of its file a program touches, the fewer page faults it takes. A name in the
/// list that is gone costs its own gain alone.
let staticExecutable: [LinkerSetting] =
    linksStatically
    ? [
        .unsafeFlags(
            ["-static-executable", "-use-ld=lld"]
                + [
                    "-s", "--no-warn-symbol-ordering",
                    "--symbol-ordering-file=\(Context.packageDirectory)/etc/link-order",
                ].flatMap { ["-Xlinker", $0] }
        ), .linkedLibrary("m"),
    ]
    : []

/// A program that a user waits for: no Foundation, linked statically by `make`.
func tool(
    _ name: String,
    _ dependencies: [Target.Dependency],
    _ settings: [SwiftSetting] = []
) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        swiftSettings: settings,
        linkerSettings: staticExecutable
    )
}

let package = Package(
    name: "sluice",
    products: [
        // For the benchmarks, which are a package of their own.
        .library(name: "Planner", targets: ["JobModel", "Planner", "Simulation"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        .target(
            name: "CLinux",
            cSettings: linksStatically ? [.define("SLUICE_STATIC")] : []
        ),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]
        ),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Linux", dependencies: ["CLinux"], swiftSettings: lean),
        .target(name: "SQLite", dependencies: ["CSQLite"]),
        .target(name: "JobModel", swiftSettings: pure),
        .target(name: "Placement", dependencies: ["JobModel"], swiftSettings: pure),
        .target(
            name: "Planner",
            dependencies: ["JobModel"],
            swiftSettings: pure,
            linkerSettings: [.linkedLibrary("m")]
        ),
        .target(name: "Simulation", dependencies: ["JobModel", "Planner"], swiftSettings: pure),
        .target(name: "Machine", dependencies: ["CLinux", "Linux", "JobModel", "Placement"]),
        .target(name: "NVML", dependencies: ["JobModel", "Machine"]),
        .target(name: "QueueStore", dependencies: ["CLinux", "Linux", "SQLite", "JobModel"]),
        .target(
            name: "Supervision",
            dependencies: ["CLinux", "Linux", "JobModel"],
            swiftSettings: lean + [.define("CRASH_POINTS", .when(configuration: .debug))]
        ),
        .target(
            name: "Daemon",
            dependencies: [
                "CLinux", "Linux", "JobModel", "Placement", "Planner", "Machine", "SQLite",
                "QueueStore", "Supervision",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]
        ),
        .target(name: "Trace", dependencies: ["CZlib", "Linux"], swiftSettings: lean),
        .target(
            name: "CommandLineSupport",
            dependencies: ["CLinux", "Linux", "JobModel", "QueueStore"]
        ),
        tool("queue", ["CommandLineSupport", "JobModel", "Linux", "QueueStore"]),
        tool("cancel", ["CommandLineSupport", "JobModel", "QueueStore"]),
        tool("control", ["CommandLineSupport", "JobModel", "Linux", "QueueStore"]),
        tool("history", ["CommandLineSupport", "JobModel", "QueueStore"]),
        tool("submit", ["CommandLineSupport", "JobModel", "Linux", "QueueStore"]),
        tool(
            "resources",
            ["CommandLineSupport", "JobModel", "Machine", "Placement", "QueueStore"]
        ),
        tool(
            "simulate",
            [
                "CommandLineSupport", "JobModel", "Linux", "Planner", "QueueStore", "Simulation",
                "Trace",
            ]
        ),
        tool("stepd", ["Supervision"], lean),
        .executableTarget(
            name: "schedd",
            dependencies: [
                "CommandLineSupport", "Daemon", "JobModel", "Linux", "Machine", "NVML",
                "QueueStore",
                .product(name: "Logging", package: "swift-log"),
            ],
            linkerSettings: linksStatically ? [.unsafeFlags(["-Xlinker", "-s"])] : []
        ),

        .target(name: "SeededRandom", path: "Tests/SeededRandom"),
        .testTarget(name: "JobModelTests", dependencies: ["JobModel", "SeededRandom"]),
        .testTarget(
            name: "PlacementTests",
            dependencies: ["JobModel", "Placement", "Planner", "SeededRandom"]
        ),
        .testTarget(
            name: "PlannerTests",
            dependencies: ["JobModel", "Placement", "Planner", "SeededRandom"]
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["Planner", "SeededRandom", "Simulation"]
        ),
        .testTarget(
            name: "MachineTests",
            dependencies: ["JobModel", "Linux", "Machine", "NVML", "Placement"]
        ),
        .testTarget(name: "TraceTests", dependencies: ["Linux", "Trace"]),
        .testTarget(
            name: "SimulateTests",
            dependencies: [
                "CommandLineSupport", "JobModel", "Linux", "Planner", "QueueStore", "Simulation",
                "simulate",
            ]
        ),
        .testTarget(
            name: "QueueStoreTests",
            dependencies: ["JobModel", "Linux", "QueueStore", "SQLite", "SeededRandom"]
        ),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "Daemon", "JobModel", "Placement", "Planner", "QueueStore", "SQLite",
                "SeededRandom", "Supervision",
            ]
        ),
        .testTarget(
            name: "SupervisionTests",
            dependencies: ["CLinux", "JobModel", "Linux", "Supervision", "stepd"]
        ),
        .testTarget(
            name: "CommandLineSupportTests",
            dependencies: ["CommandLineSupport", "JobModel", "Linux"]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "JobModel", "Linux", "QueueStore", "SQLite", "SeededRandom", "Supervision",
                "control", "schedd", "stepd", "submit",
            ]
        ),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "CommandLineSupport", "Daemon", "cancel", "control", "history", "queue",
                "resources", "schedd", "simulate", "submit",
            ]
        ),
        .testTarget(
            name: "ToolTests",
            dependencies: [
                "JobModel", "Linux", "QueueStore", "cancel", "control", "history", "queue",
                "SQLite", "resources", "simulate", "submit",
            ]
        ),
        .testTarget(
            name: "SubmitTests",
            dependencies: ["CommandLineSupport", "JobModel", "Linux", "submit"]
        ),
    ]
)

for target in package.targets where target.type == .regular || target.type == .executable {
    target.swiftSettings =
        (target.swiftSettings ?? [])
        + [
            "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
            "InferIsolatedConformances", "NonisolatedNonsendingByDefault",
            "ImmutableWeakCaptures",
        ].map { .enableUpcomingFeature($0) }
}
