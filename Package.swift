// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
    .treatWarning("DeprecatedDeclaration", as: .warning),
]
let library: [SwiftSetting] = strict + [.strictMemorySafety()]

let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let arguments = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "sockeye",
    products: [
        .executable(name: "sockeye", targets: ["sockeye"]),
        .library(name: "HTTPProbing", targets: ["HTTPProbing", "Measurements"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Decisions: the standard library and swift-collections only.
        .target(name: "Measurements", swiftSettings: library),
        .target(
            name: "ConnectionPooling", dependencies: ["Measurements", collections],
            swiftSettings: library),
        .target(
            name: "ProbeScheduling", dependencies: ["Measurements", collections],
            swiftSettings: library),
        .target(name: "HTTPWire", swiftSettings: library),
        .target(name: "ProbeChecks", dependencies: ["Measurements"], swiftSettings: library),
        .target(
            name: "KernelFormats", dependencies: ["Measurements"], swiftSettings: library),
        .target(
            name: "LeakAnalysis", dependencies: ["Measurements", collections],
            swiftSettings: library),
        .target(
            name: "CallSites", dependencies: ["Measurements", "KernelFormats"],
            swiftSettings: library),
        // Worlds: one outside each, and the C doors they go through.
        .target(name: "CLinuxShims", linkerSettings: [.linkedLibrary("stdc++")]),
        .target(
            name: "LinuxKernel",
            dependencies: ["Measurements", "KernelFormats", "LeakAnalysis", "CLinuxShims"],
            swiftSettings: library),
        .target(
            name: "CRegex",
            linkerSettings: [.linkedLibrary("re2"), .linkedLibrary("stdc++")]),
        .target(name: "CResolver", linkerSettings: [.linkedLibrary("cares")]),
        .target(
            name: "CDecompression",
            linkerSettings: [.linkedLibrary("z"), .linkedLibrary("brotlidec")]),
        .target(
            name: "HTTPProbing",
            dependencies: [
                "Measurements", "ConnectionPooling", "ProbeScheduling", "HTTPWire", "ProbeChecks",
                "CRegex", "CResolver", "CDecompression", nioCore, nioPosix, nioTLS, nioSSL, x509,
                asn1, crypto,
                collections,
            ], swiftSettings: library),
        .systemLibrary(name: "CZlib"),
        .target(
            name: "Profiles", dependencies: ["Measurements", "CZlib"], swiftSettings: library),
        // Together.
        .target(
            name: "Monitor",
            dependencies: [
                "Measurements", "ProbeScheduling", "ConnectionPooling", "ProbeChecks",
                "HTTPProbing", yams, logging, lifecycle, unixSignals,
            ], swiftSettings: library),
        .target(
            name: "Lab",
            dependencies: [
                "Measurements", "ConnectionPooling", "ProbeScheduling", "HTTPProbing", "HTTPWire",
                nioCore, nioPosix,
            ], swiftSettings: library),
        .target(
            name: "Commands",
            dependencies: [
                "Measurements", "ConnectionPooling", "Monitor", "Lab", "HTTPProbing",
                "ProbeScheduling", "ProbeChecks", "LeakAnalysis", "LinuxKernel", "CallSites",
                "KernelFormats", "Profiles", arguments, logging,
                lifecycle, unixSignals,
            ], swiftSettings: library),
        .executableTarget(
            name: "sockeye", dependencies: ["Commands", arguments], swiftSettings: library),
        .target(
            name: "TestWorlds",
            dependencies: ["Measurements", "ConnectionPooling", nioCore, nioPosix, nioSSL],
            swiftSettings: strict),
        // Tests.
        .testTarget(name: "TidyTests", swiftSettings: strict),
        .testTarget(
            name: "HTTPWireTests", dependencies: ["HTTPWire", nioCore, nioHTTP1, nioEmbedded],
            swiftSettings: strict),
        .testTarget(
            name: "ConnectionPoolingTests",
            dependencies: ["ConnectionPooling", "Measurements", "TestWorlds"],
            swiftSettings: strict),
        .testTarget(
            name: "ProbeSchedulingTests",
            dependencies: ["ProbeScheduling", "Measurements", "TestWorlds"],
            swiftSettings: strict),
        .testTarget(
            name: "ProbeChecksTests",
            dependencies: ["ProbeChecks", "Measurements", "TestWorlds"],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests", dependencies: ["TestWorlds", "Measurements"],
            exclude: ["Trace/Programs"], swiftSettings: strict),
        .testTarget(
            name: "KernelFormatsTests",
            dependencies: ["KernelFormats", "Measurements", "TestWorlds"], swiftSettings: strict),
        .testTarget(
            name: "LeakAnalysisTests",
            dependencies: ["LeakAnalysis", "Measurements", "TestWorlds"],
            exclude: ["Recording/Files"], swiftSettings: strict),
        .testTarget(
            name: "CallSitesTests",
            dependencies: ["CallSites", "KernelFormats", "TestWorlds"], swiftSettings: strict),
        .testTarget(
            name: "ProfilesTests", dependencies: ["Profiles", "Measurements", "TestWorlds"],
            swiftSettings: strict),
        .testTarget(
            name: "LinuxKernelTests",
            dependencies: [
                "LinuxKernel", "LeakAnalysis", "KernelFormats", "Measurements", "CLinuxShims",
                "TestWorlds",
            ], swiftSettings: strict),
        .testTarget(
            name: "KernelTests", dependencies: ["TestWorlds", "Measurements"],
            exclude: ["Situations/Programs"], swiftSettings: strict),
        .testTarget(
            name: "LabTests",
            dependencies: ["Lab", "Measurements", "TestWorlds", nioCore, nioPosix],
            swiftSettings: strict),
        .testTarget(
            name: "MeasurementsTests", dependencies: ["Measurements", "TestWorlds"],
            swiftSettings: strict),
        .testTarget(
            name: "MonitorTests",
            dependencies: [
                "Monitor", "Measurements", "ConnectionPooling", "ProbeChecks", "HTTPProbing",
                logging,
            ], exclude: ["Configuration/Files"], swiftSettings: strict),
        .testTarget(
            name: "HTTPProbingTests",
            dependencies: [
                "HTTPProbing", "Measurements", "ConnectionPooling", "ProbeScheduling",
                "ProbeChecks", "TestWorlds", nioCore, nioPosix,
            ], swiftSettings: strict),
        .testTarget(
            name: "TestWorldsTests",
            dependencies: ["TestWorlds", "Measurements", nioCore, nioPosix],
            swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)
