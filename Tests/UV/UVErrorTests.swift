import Testing
import UV

@Suite struct UVErrorTests {
    @Test func `an error has name and text`() {
        #expect(UVError.noEntry.code == -2)
        #expect(UVError.noEntry.name == "ENOENT")
        #expect(UVError.noEntry.message == "no such file or directory")
        #expect("\(UVError.brokenPipe)" == "EPIPE: broken pipe")
    }

    @Test func `an unknown code is told as a number`() {
        #expect(UVError(code: -99999).name == "Unknown system error -99999")
    }
}
