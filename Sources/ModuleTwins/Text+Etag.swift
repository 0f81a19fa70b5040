import JSON

extension Text {
    /// The number as IoT Hub writes an etag: eight bytes, big end first, in base64. 7 is `AAAAAAAAAAc=`.
    init(etagOf revision: UInt64) {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        // 64 bits are ten digits of six bits and one of four, which is padded with two zero bits.
        var digits: [UInt8] = []
        for place in 0..<10 {
            digits.append(alphabet[Int(revision >> UInt64(58 - 6 * place) & 63)])
        }
        digits.append(alphabet[Int(revision << 2 & 63)])
        digits.append(UInt8(ascii: "="))
        self.init(utf8: digits)
    }
}
