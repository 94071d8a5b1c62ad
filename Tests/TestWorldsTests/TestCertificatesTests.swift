import Foundation
import TestWorlds
import Testing

@Suite(.serialized, .noLeakedDescriptors) struct TestCertificatesTests {
    @Test func `every certificate goes with its key`() throws {
        let certificates = try TestCertificates.shared()
        for name in TestCertificates.Name.allCases {
            let ofCertificate = try openssl(
                "x509", "-in", certificates.file(name), "-noout", "-pubkey")
            let ofKey = try openssl("pkey", "-in", certificates.key(name), "-pubout")
            #expect(ofCertificate == ofKey, "\(name)")
        }
    }

    /// What OpenSSL's verifier says to each chain that a server would send.
    @Test(arguments: [
        (TestCertificates.Name.good, "OK"), (.goodRSA, "OK"), (.alpha, "OK"), (.beta, "OK"),
        (.expiringSoon, "OK"),
        (.expired, "certificate has expired"),
        (.notYetValid, "certificate is not yet valid"),
        (.selfSigned, "self-signed certificate"),
        (.missingIntermediate, "unable to get local issuer certificate"),
        (.untrusted, "unable to get local issuer certificate"),
    ])
    func `each chain has its own fault and no other`(
        name: TestCertificates.Name, verdict: String
    ) throws {
        let said = try verify(name, name: nil)
        #expect(said.contains(verdict), "\(said)")
    }

    @Test(arguments: [
        (TestCertificates.Name.good, "monitor.test", true), (.good, "localhost", true),
        (.good, "other.test", false), (.wrongName, "other.test", true),
        (.wrongName, "monitor.test", false), (.alpha, "alpha.test", true),
        (.alpha, "beta.test", false),
    ])
    func `a leaf is for its names only`(
        name: TestCertificates.Name, host: String, isRight: Bool
    ) throws {
        let said = try verify(name, name: host)
        #expect(said.contains(isRight ? "OK" : "hostname mismatch"), "\(said)")
    }

    @Test func `the weak key has 1024 bits, and only its size is wrong`() throws {
        let certificates = try TestCertificates.shared()
        let text = try openssl("x509", "-in", certificates.file(.weakKey), "-noout", "-text")
        #expect(text.contains("Public-Key: (1024 bit)"))
        #expect(try verify(.weakKey, name: nil).contains("OK"))
    }

    @Test func `client certificates lead to their own roots`() throws {
        let certificates = try TestCertificates.shared()
        let known = try openssl(
            "verify", "-purpose", "sslclient", "-CAfile", certificates.file(.clientRoot),
            certificates.file(.client))
        #expect(known.contains("OK"))
        #expect(throws: ChildProcessError.self) {
            try openssl(
                "verify", "-CAfile", certificates.file(.clientRoot),
                certificates.file(.unknownClient))
        }
    }

    @Test func `the files go away with the last reference`() throws {
        var certificates: TestCertificates? = try TestCertificates.make()
        let path = try #require(certificates?.path)
        #expect(FileManager.default.fileExists(atPath: path))
        certificates = nil
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    private func verify(_ leaf: TestCertificates.Name, name: String?) throws -> String {
        let certificates = try TestCertificates.shared()
        var arguments = [
            "verify", "-CAfile", certificates.file(.root), "-untrusted", certificates.chain(leaf),
        ]
        if let name { arguments += ["-verify_hostname", name] }
        do {
            return try openssl(arguments + [certificates.file(leaf)])
        } catch ChildProcessError.failed(_, _, let output) {
            return output
        }
    }

    private func openssl(_ arguments: String...) throws -> String { try openssl(arguments) }

    private func openssl(_ arguments: [String]) throws -> String {
        let directory = try TemporaryDirectory("openssl")
        return try ChildProcess.run(
            ["openssl"] + arguments, outputPath: directory.file("output"))
    }
}
