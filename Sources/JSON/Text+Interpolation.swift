extension Text: ExpressibleByStringInterpolation {
    /// Builds a text of pieces. Its methods are calls, not inlined: most error messages of the program are built with it.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var string = ""

        /// Makes room.
        @inline(never)
        public init(literalCapacity: Int, interpolationCount: Int) {
            string.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        /// The text between the pieces.
        @inline(never)
        public mutating func appendLiteral(_ literal: String) {
            string += literal
        }

        /// As it is.
        @inline(never)
        public mutating func appendInterpolation(_ string: String) {
            self.string += string
        }

        /// As it is.
        @inline(never)
        public mutating func appendInterpolation(_ text: Text) {
            string += text.string
        }

        /// In decimal digits.
        public mutating func appendInterpolation(_ number: some FixedWidthInteger) {
            append(Int64(truncatingIfNeeded: number), isNegative: number < 0)
        }

        /// What says itself what it is.
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            string += value.description
        }

        /// - Parameter isNegative: else the bits are those of an unsigned number.
        @inline(never)
        private mutating func append(_ number: Int64, isNegative: Bool) {
            string += isNegative ? number.description : UInt64(bitPattern: number).description
        }
    }

    /// The finished text.
    @inline(never)
    public init(stringInterpolation: StringInterpolation) {
        self.init(stringInterpolation.string)
    }
}
