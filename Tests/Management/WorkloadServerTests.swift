import CPOSIX
import Foundation
import HTTP
import JSON
import Management
import TestSupport
import Testing
import UV

@Suite struct `The workload socket` {
    private static let own = "modules/m/genid/7"

    @Test func `gives what SDKs ask for`() throws {
        let bench = try WorkloadBench()
        let bundle = bench.ask(.get, "trust-bundle")
        #expect(bundle.status == 200 && bundle.json == ["certificate": "-----BEGIN CERTIFICATE-----\n"])
        #expect(bench.ask(.get, "manifest-trust-bundle").json == ["certificate": ""])
        #expect(bench.ask(.get, "modules").json["modules"]?.array?.first?["name"] == "m")
        let signed = bench.ask(.post, "\(Self.own)/sign", body: #"{"keyId": "primary", "algo": "HMACSHA256", "data": "YWJj"}"#)
        #expect(signed.status == 200 && signed.json == ["digest": "Y2Jh"])
        let vector = #""initializationVector": "aXY=""#
        let encrypted = bench.ask(.post, "\(Self.own)/encrypt", body: #"{"plaintext": "YWJj", \#(vector)}"#)
        #expect(encrypted.json == ["ciphertext": "YWJjaXY="])
        #expect(bench.ask(.post, "\(Self.own)/decrypt", body: #"{"ciphertext": "YWJjaXY=", \#(vector)}"#).json == ["plaintext": "YWJj"])
        let certificate = bench.ask(.post, "\(Self.own)/certificate/server", body: #"{"commonName": "box", "expiration": "x"}"#)
        #expect(certificate.status == 201)
        #expect(
            certificate.json == [
                "privateKey": ["type": "key", "bytes": "KEY"], "certificate": "box m", "expiration": "2026-11-23T02:29:07Z",
            ])
        let identity = bench.ask(.post, "modules/m/certificate/identity")
        #expect(identity.status == 201 && identity.json["certificate"] == "m")
        #expect(bench.device.asked == ["sign m", "encrypt m 7", "decrypt m 7"])
    }

    @Test(
        arguments: [
            (nil, 400, "api-version not specified"), ("2017-01-01", 400, "invalid api-version \"2017-01-01\""),
            ("", 400, "invalid api-version \"\""),
        ] as [(String?, Int, String)])
    func `knows the versions of the daemon's API`(version: String?, status: Int, message: String) throws {
        let answer = try WorkloadBench().ask(.get, "trust-bundle", version: version.map { Text($0) })
        #expect(answer.status == status && answer.message == Text(message))
    }

    @Test(arguments: [
        (HTTPMethod.get, "nothing", "", 404, "not found"),
        (.post, "trust-bundle", "", 400, "method not allowed"),
        (.get, "modules/m/genid/7/sign", "", 400, "method not allowed"),
        (.post, "modules/other/genid/7/sign", #"{"data": "YQ=="}"#, 403, "forbidden"),
        (.post, "modules/other/certificate/identity", "{}", 403, "forbidden"),
        (.post, "modules/m/genid/8/sign", #"{"data": "YQ=="}"#, 404, #"module "m" has no generation "8""#),
        (.post, "modules/m/genid/7/sign", "", 400, "missing body"),
        (.post, "modules/m/genid/7/sign", "[]", 422, "the body of the request is no JSON object"),
        (.post, "modules/m/genid/7/sign", "{}", 422, "data is missing: base64 is expected"),
        (.post, "modules/m/genid/7/sign", #"{"data": "secret?"}"#, 422, "data is no base64 (RFC 4648, with padding)"),
        (.post, "modules/m/genid/7/sign", #"{"data": 1}"#, 422, "data is no base64 (RFC 4648, with padding)"),
        (
            .post, "modules/m/genid/7/encrypt", #"{"plaintext": "", "initializationVector": ""}"#, 422,
            "initializationVector is empty: bytes that are never used twice are expected"
        ),
        (
            .post, "modules/m/genid/7/decrypt", #"{"ciphertext": "YWJj", "initializationVector": "aXY="}"#, 400, "it was changed"
        ),
        (.post, "modules/m/genid/7/certificate/server", "{}", 422, "commonName is missing: a string is expected"),
        (
            .post, "modules/m/genid/7/certificate/server", #"{"commonName": ""}"#, 400,
            "commonName has 0 bytes: a certificate's name has 1 to 64"
        ),
    ])
    func `refuses as the daemon does`(method: HTTPMethod, path: String, body: String, status: Int, message: String) throws {
        let bench = try WorkloadBench()
        let answer = bench.ask(method, path, body: body)
        #expect(answer.status == status && answer.message == Text(message), "\(answer)")
    }

    @Test func `takes JSON without a content type, and nothing else for JSON`() throws {
        let bench = try WorkloadBench()
        let body = #"{"data": "YWJj"}"#
        for type in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
            #expect(bench.ask(.post, "\(Self.own)/sign", headers: ["Content-Type": Text(type)], body: body).status == 200)
        }
        let other = bench.ask(.post, "\(Self.own)/sign", headers: ["Content-Type": "text/plain"], body: body)
        #expect(other.status == 400 && other.message == "missing body")
        let bad = bench.ask(.post, "\(Self.own)/sign", body: #"{"data": "#)
        #expect(bad.status == 422)
    }

    @Test func `answers 404 while there is no trust bundle`() throws {
        let bench = try WorkloadBench()
        bench.device.bundle = .failure(ControlError(.notFound, "there is none"))
        #expect(bench.ask(.get, "trust-bundle").status == 404)
    }

    @Test func `takes 64 KB and no more`() throws {
        let bench = try WorkloadBench()
        let fits = String(repeating: "A", count: 60_000)
        #expect(bench.ask(.post, "\(Self.own)/sign", body: #"{"data": "\#(fits)"}"#).status == 200)
        let large = String(repeating: "A", count: 66_000)
        #expect(bench.ask(.post, "\(Self.own)/sign", body: #"{"data": "\#(large)"}"#).status == 413)
    }

    @Test func `is for the module's processes only`() throws {
        // Neither this process nor its group or session is that of process 1.
        let bench = try WorkloadBench(leader: { 1 })
        let answer = bench.ask(.get, "trust-bundle")
        #expect(answer.status == 403 && answer.json == ["message": "forbidden"])
        _ = bench.ask(.get, "trust-bundle")
        #expect(bench.strangers() == [getpid()], "the first is told, not each")
        #expect(try WorkloadBench(leader: { nil }).ask(.get, "trust-bundle").status == 403)
        // Children of an instance are in its session.
        #expect(try WorkloadBench(leader: { getsid(0) }).ask(.get, "trust-bundle").status == 200)
    }

    @Test func `has a file that only its owner may open, and that goes with it`() throws {
        let bench = try WorkloadBench()
        let permissions = try FileManager.default.attributesOfItem(atPath: bench.path)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
        bench.server.close()
        #expect(!FileManager.default.fileExists(atPath: bench.path))
    }
}
