import JSON
import MQTT
import ModuleIdentities
import Testing

@Suite struct UserNameTests {
    private func parse(_ text: String) throws(UserNameError) -> UserName {
        try Array(text.utf8).withUnsafeBufferPointer { (bytes) throws(UserNameError) in
            try UserName(parsing: UnsafeRawBufferPointer(bytes))
        }
    }

    /// What the SDKs of Python (captured), C, C# and Node.js, the documentation and an old SDK of Azure Machine Learning write.
    static let real: [(String, device: Text, module: Text?, version: Text, type: Text?)] = [
        (
            "myhub.azure-devices.net/dev1/mod.1/?api-version=2019-10-01&DeviceClientType=azure-iot-device-iothub-py%2F2.14.0%283.11.7%3BLinux%29",
            "dev1", "mod.1", "2019-10-01", "azure-iot-device-iothub-py/2.14.0(3.11.7;Linux)"
        ),
        (
            "h.net/dev1/?api-version=2019-10-01&DeviceClientType=azure-iot-device-iothub-py%2F2.14.0", "dev1", nil, "2019-10-01",
            "azure-iot-device-iothub-py/2.14.0"
        ),
        ("h.net/dev1/?api-version=2020-09-30&DeviceClientType=x&model-id=dtmi%3Acom%3Bx%3B1", "dev1", nil, "2020-09-30", "x"),
        (
            "h.net/dev1/mod/?api-version=2020-09-30&DeviceClientType=iothubclient%2F1.9.0%20%28native%3B%20Linux%29", "dev1", "mod",
            "2020-09-30", "iothubclient/1.9.0 (native; Linux)"
        ),
        (
            "h.net/dev1/mod/?api-version=2020-09-30&DeviceClientType=.NET%2F1.42.0%20%28.NET%208.0%3B%20Linux%29", "dev1", "mod",
            "2020-09-30",
            ".NET/1.42.0 (.NET 8.0; Linux)"
        ),
        (
            "h.net/dev1/mod/api-version=2021-04-12&DeviceClientType=azure-iot-device%2F1.18.3", "dev1", "mod", "2021-04-12",
            "azure-iot-device/1.18.3"
        ),
        (
            "h.net/dev1/api-version=2021-04-12&DeviceClientType=azure-iot-device%2F1.18.3", "dev1", nil, "2021-04-12",
            "azure-iot-device/1.18.3"
        ),
        ("h.net/dev1/?api-version=2021-04-12", "dev1", nil, "2021-04-12", nil),
        ("h.net/dev1/mod/?DeviceClientType=a&api-version=2018-06-30", "dev1", "mod", "2018-06-30", "a"),
        ("h.net/dev1/DeviceClientType=a&api-version=2018-06-30", "dev1", nil, "2018-06-30", "a"),
        (
            "h.net/dev1/mod/api-version=2017-06-30/DeviceClientType=Microsoft.Azure.Devices.Client/1.5.1-preview-003", "dev1", "mod",
            "2017-06-30", nil
        ),
        ("/dev1/?api-version=1", "dev1", nil, "1", nil),
    ]

    @Test(arguments: real) func `the user names of all SDKs are read`(
        text: String, device: Text, module: Text?, version: Text, type: Text?
    ) throws {
        let name = try parse(text)
        #expect(name.identity == ModuleIdentity(deviceID: device, moduleID: module))
        #expect(name.apiVersion == version && name.clientType == type)
        #expect(name.clientID == (module.map { "\(device)/\($0)" } ?? device))
    }

    @Test(arguments: ["a#b", "+", "#", "%41", "100%", "?", "?mod", "$edgeAgent", "a=b", "o'k", "(x)", "api-version=1", "a,b;"])
    func `hostile ids are taken as they are, or refused where no id may be so`(id: String) throws {
        for text in ["h/\(id)/m/?api-version=1", "h/d/\(id)/?api-version=1", "h/\(id)/?api-version=1", "h/\(id)/api-version=1"] {
            if id == "a,b;" {
                #expect(throws: UserNameError.self) { try parse(text) }
            } else {
                let identity = try parse(text).identity
                #expect(identity.deviceID == Text(id) || identity.moduleID == Text(id), "\(text)")
            }
        }
    }

    @Test(arguments: [
        "", "/", "h", "h/d", "h/d/", "h/d/m", "h/d/m/", "h/d/m/x", "h//?api-version=1", "h/d//?api-version=1", "h/d/m/x/?api-version=1",
        "h/d/?api-version", "h/d/?api-version=", "h/d/?api-version=%20", "h/d/?api-version=&api-version=1", "h/d/?Api-Version=1",
        "h/d/??api-version=1",
        "h/d/m?api-version=1", "h/d m/?api-version=1", "h/dé/?api-version=1", "h/d/api_version=1",
        "h/d/m/api-version=1/DeviceClientType=a", "h/d/m/a/b/?api-version=1", "h/d/m/x=1/y=2/z", "h/d/m/////////?api-version=1",
    ]) func `what says of no identity is refused`(text: String) {
        #expect(throws: UserNameError.self) { try parse(text) }
    }

    @Test func `ids have at most 128 bytes`() throws {
        let id = String(repeating: "x", count: 128)
        #expect(try parse("h/\(id)/\(id)/?api-version=1").identity.moduleID == Text(id))
        #expect(throws: UserNameError.self) { try parse("h/\(id)x/?api-version=1") }
        #expect(throws: UserNameError.self) { try parse("h/d/\(id)x/?api-version=1") }
    }

    @Test func `the first of two parameters counts, unknown ones mean nothing, and what cannot be decoded stays`() throws {
        let name = try parse(
            "h/d/?x&y=1&api-version=1&api-version=2&DeviceClientType=a+b%2&&model-id=m&auth-chain=a%3Bb&DeviceClientType=c")
        #expect(name.apiVersion == "1" && name.clientType == "a+b%2" && name.modelID == "m" && name.authChain == "a;b")
    }

    @Test func `the error names what was given, cut, and what would be right`() {
        do throws(UserNameError) {
            _ = try parse(String(repeating: "secret", count: 1000))
            Issue.record("it was taken")
        } catch {
            #expect(error.reason.utf8.count < 300)
            #expect(error.reason.string.contains("\"secretsecret") && error.reason.string.contains("api-version="))
        }
    }
}
