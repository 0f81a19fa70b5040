import Foundation
import TestSupport

/// Tokens as another implementation makes them: Python's hmac, base64 and urllib.
enum PythonSAS {
    static let program = "/usr/bin/python3"
    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// - Parameters:
    ///   - encodings: how often the resource is percent-encoded.
    ///   - format: the token; `{sr}`, `{sig}` and `{se}` stand for the fields.
    static func token(resource: String, key: [UInt8], expiry: String, encodings: Int = 1, format: String) throws -> String {
        let code = """
            import sys, hmac, hashlib, base64, urllib.parse
            resource, key, expiry, encodings, form = sys.argv[1:]
            for _ in range(int(encodings)): resource = urllib.parse.quote(resource, safe="")
            digest = hmac.new(bytes.fromhex(key), (resource + "\\n" + expiry).encode(), hashlib.sha256).digest()
            signature = urllib.parse.quote(base64.b64encode(digest).decode(), safe="")
            print(form.format(sr=resource, sig=signature, se=expiry))
            """
        let hexadecimal = key.map { String(format: "%02x", $0) }.joined()
        let result = try runProgram([program, "-c", code, resource, hexadecimal, expiry, "\(encodings)", format])
        guard result.code == 0 else { throw Late(result.errors) }
        return result.output.trimmingCharacters(in: .newlines)
    }
}
