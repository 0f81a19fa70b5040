import HTTP
import JSON

extension Command {
    static var certificate: Command {
        Command(
            name: "certificate", synopsis: "", summary: "Prints the certificate that clients of this device must trust",
            details: """
                It is PEM text, made when it is first needed, and stays the same as long as the state folder does:
                  martlet certificate >device-ca.pem
                """,
            options: [.runtime]
        ) { (arguments) throws(CommandFailure) in
            let answer = try HostConnection(arguments).askJSON(HTTPRequest(.get, path: ["trust-bundle"]))
            guard let certificate = answer["certificate"]?.string else { throw .failed("the host's answer holds no certificate") }
            return try Output.write(certificate.string, ExitCode.done)
        }
    }
}
