import Foundation
import TestWorlds
import Testing

@Suite struct `sockeye config` {
    @Test func `check ends with 0 and the sum of descriptors for a file that is right`()
        async throws
    {
        let directory = try TemporaryDirectory("config")
        let file = try directory.write(
            """
            defaults: { interval: 10s, timeout: 5s }
            targets:
              - http://127.0.0.1:8080/
              - http://127.0.0.1:8080/health
            """, to: "good.yml")
        let result = try await Sockeye.run(["config", "check", file])
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("2 targets on 1 origin"), "\(result.output)")
        #expect(result.output.contains("RLIMIT_NOFILE"))
        let json = try await Sockeye.run(["config", "check", "--json", file])
        let object = try #require(json.objects.first, "\(json.output)")
        #expect(json.status == 0 && object["valid"] as? Bool == true)
    }

    @Test func `check ends with 2 and names the place and the nearest key`() async throws {
        let directory = try TemporaryDirectory("config")
        let file = try directory.write(
            """
            defaults:
              intervall: 10s
            targets:
              - url: http://127.0.0.1:8080/
                timeot: 5s
            """, to: "bad.yml")
        let result = try await Sockeye.run(["config", "check", file])
        #expect(result.status == 2)
        #expect(result.output.contains("\(file):2:3: "), "\(result.output)")
        #expect(result.output.contains(#"did you mean "interval"?"#))
        #expect(result.output.contains("\(file):5:5: "), "\(result.output)")
        #expect(result.output.contains(#"did you mean "timeout"?"#))
        let json = try await Sockeye.run(["config", "check", "--json", file])
        #expect(json.status == 2)
        let object = try #require(json.objects.first, "\(json.output)")
        let faults = try #require(object["faults"] as? [[String: Any]])
        #expect(faults.map { $0["line"] as? Int } == [2, 5])
        let run = try await Sockeye.run(["run", "--config", file])
        #expect(run.status == 2 && run.output == result.output)
    }

    @Test func `check ends with 2 when there is no such file`() async throws {
        let directory = try TemporaryDirectory("config")
        let file = directory.file("none.yml")
        let result = try await Sockeye.run(["config", "check", file])
        #expect(result.status == 2 && result.output.contains(file), "\(result.output)")
    }

    @Test(arguments: [[], ["--json"]]) func `show hides what is secret`(options: [String])
        async throws
    {
        let directory = try TemporaryDirectory("config")
        try directory.write("hidden-password", to: "password")
        try directory.write("hidden-token", to: "token")
        let file = try directory.write(
            """
            targets:
              - url: http://127.0.0.1:8080/a
                headers: { Authorization: Bearer hidden-field, Cookie: a=hidden-cookie }
              - url: http://127.0.0.1:8080/b
                basic_auth: { username: someone, password_file: password }
              - url: http://127.0.0.1:8080/c
                bearer: { token_file: token }
            """, to: "secret.yml")
        let result = try await Sockeye.run(["config", "show", file] + options)
        #expect(result.status == 0, "\(result.output)")
        #expect(!result.output.contains("hidden-"), "\(result.output)")
        #expect(result.output.contains("<secret>"))
    }

    @Test func `is refused with the sum when it cannot fit`() async throws {
        let directory = try TemporaryDirectory("config")
        let file = try directory.write(
            """
            worker: { max_in_flight: 500 }
            targets: [http://127.0.0.1:8080/]
            """, to: "large.yml")
        for command in [["config", "check", file], ["run", "--config", file, "--for", "1s"]] {
            let result = try await Sockeye.run(descriptors: 200, command)
            #expect(result.status == 2, "\(result.output)")
            #expect(result.output.contains("asks for 500"), "\(result.output)")
            #expect(result.output.contains("200 descriptors (RLIMIT_NOFILE) − 128"))
            #expect(result.output.contains("= 72 for connections"))
            #expect(result.output.contains("ulimit -n"))
        }
    }
}
