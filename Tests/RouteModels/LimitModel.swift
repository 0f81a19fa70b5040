/// Limits of the product that neither the language nor the model has.
public enum LimitModel {
    /// Whether a refused text may just be too deep or too long: more than 64 operators and parentheses that may stand in each other, a
    /// call of more than 64 arguments, or an index of ten digits.
    public static func isOver(_ text: String) -> Bool {
        let tokens = TokenModel.tokens(of: text)
        let nesting = tokens.filter { [.openParenthesis, .not, .minus].contains($0.kind) }.count
        let commas = tokens.filter { $0.kind == .comma }.count
        let digits = tokens.contains { token in
            token.kind == .systemName && token.text.split { !(0x30...0x39).contains($0) }.contains { $0.count > 9 }
        }
        return nesting > 60 || commas >= 64 || digits
    }
}
