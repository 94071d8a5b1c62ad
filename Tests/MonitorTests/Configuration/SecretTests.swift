import Measurements
import Testing

@testable import Monitor

@Suite struct SecretTests {
    private static let text = """
        defaults:
          headers: {Cookie: hush-cookie}
        targets:
          - url: https://a.test/
            basic_auth: {username: u, password: hush-text}
          - url: https://b.test/
            basic_auth: {username: u, password_file: discovery/password}
          - url: https://c.test/
            bearer: {token_env: SECRET_VARIABLE}
          - url: https://d.test/
            headers: {authorization: hush-field, X-API-Key: hush-key}
        """

    @Test func `Secrets come from text, file and environment`() throws {
        let targets = try ConfigurationFixtures.read(Self.text).targets
        #expect(
            targets.map(\.request.credentials) == [
                .basic(username: "u", password: Secret("hush-text")),
                .basic(username: "u", password: Secret("hush-file")),
                .bearer(Secret("hush-variable")),
                .none,
            ])
    }

    @Test func `No rendering shows a secret`() throws {
        let configuration = try ConfigurationFixtures.read(Self.text)
        var json = JSONWriter()
        configuration.write(to: &json)
        for text in [configuration.yaml, json.text] {
            #expect(!text.contains("hush"))
            #expect(text.contains("<secret>"))
        }
        let difference = ConfigurationDifference(from: MonitorConfiguration(), to: configuration)
        #expect(!"\(difference)".contains("hush"))
    }

    @Test func `Credentials replace an Authorization field from above, and the other way`() throws {
        let targets = try ConfigurationFixtures.read(
            """
            groups:
              - headers: {Authorization: hush}
                targets: [{url: "https://a.test/", bearer: {token: hush-own}}]
              - bearer: {token: hush}
                targets: [{url: "https://b.test/", headers: {authorization: hush-own}}]
            """
        ).targets
        #expect(targets[0].request.headers.isEmpty)
        #expect(targets[0].request.credentials == .bearer(Secret("hush-own")))
        #expect(targets[1].request.credentials == .none)
        #expect(targets[1].request.headers.map(\.value) == ["hush-own"])
    }
}
