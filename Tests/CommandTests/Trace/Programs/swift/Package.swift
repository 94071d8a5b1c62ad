// swift-tools-version: 6.0
import PackageDescription

let package = Package(name: "tracee", targets: [.executableTarget(name: "tracee")])
