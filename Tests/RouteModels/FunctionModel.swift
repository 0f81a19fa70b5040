import Foundation

/// The functions of conditions; names in any case.
public enum FunctionModel: String, CaseIterable, Sendable {
    case abs, exp, power, square, ceiling, floor, sign, sqrt
    case as_number, is_bool, is_defined, is_null, is_number, is_string
    case concat, length, lower, upper, substring, index_of, starts_with, ends_with, contains

    /// Of the result; nil: the arguments do not fit.
    func type(_ arguments: [TypeModel?]) -> TypeModel? {
        let given = arguments.compactMap { $0 }
        guard given.count == arguments.count else { return nil }
        func fits(_ expected: TypeModel...) -> Bool {
            given.count == expected.count && zip(given, expected).allSatisfy { $0 == $1 || $0 == .query }
        }
        switch self {
        case .abs, .exp, .square, .ceiling, .floor, .sign, .sqrt: return fits(.number) ? .number : nil
        case .power: return fits(.number, .number) ? .number : nil
        case .as_number: return fits(.string) || fits(.number) ? .number : nil
        case .is_bool, .is_defined, .is_null, .is_number, .is_string: return given.count == 1 ? .bool : nil
        case .concat: return given.count >= 2 && given.allSatisfy { $0 == .string || $0 == .query } ? .string : nil
        case .length: return fits(.string) ? .number : nil
        case .lower, .upper: return fits(.string) ? .string : nil
        case .substring: return fits(.string, .number) || fits(.string, .number, .number) ? .string : nil
        case .index_of: return fits(.string, .string) ? .number : nil
        case .starts_with, .ends_with, .contains: return fits(.string, .string) ? .bool : nil
        }
    }

    /// - Parameter type: of the first argument.
    func value(_ arguments: [ValueModel], type: TypeModel? = nil) -> ValueModel {
        let first = arguments.first ?? .undefined
        switch self {
        case .is_defined: return .bool(first != .undefined)
        case .is_null: return first == .undefined && type == .query ? .undefined : .bool(first == .null)
        case .is_bool: return first == .undefined && (type == .query || type == .bool) ? .undefined : .bool(first.bool != nil)
        case .is_number: if case .number(let number) = first { return .bool(number.isFinite) } else { return .bool(false) }
        case .is_string: if case .string = first { return .bool(true) } else { return .bool(false) }
        default: if arguments.contains(.undefined) { return .undefined }
        }
        switch self {
        case .abs: return first.number.map { .of(Swift.abs($0)) } ?? .undefined
        case .exp: return first.number.map { .of(Foundation.exp($0)) } ?? .undefined
        case .square: return first.number.map { .of($0 * $0) } ?? .undefined
        case .ceiling: return first.number.map { .of($0.rounded(.up)) } ?? .undefined
        case .floor: return first.number.map { .of($0.rounded(.down)) } ?? .undefined
        case .sign: return first.number.map { .of($0 > 0 ? 1 : $0 < 0 ? -1 : 0) } ?? .undefined
        case .sqrt: return first.number.map { .of($0.squareRoot()) } ?? .undefined
        case .power:
            guard let base = first.number, let exponent = arguments[1].number else { return .undefined }
            return .of(pow(base, exponent))
        case .as_number: return first.number.map { .of($0) } ?? first.string.flatMap(Self.number) ?? .undefined
        case .concat:
            let strings = arguments.compactMap(\.string)
            return strings.count == arguments.count ? .string(strings.flatMap { $0 }) : .undefined
        case .length: return first.string.map { .number(Double($0.count)) } ?? .undefined
        case .lower, .upper: return first.string.map { .string(cased($0)) } ?? .undefined
        case .substring: return substring(arguments)
        case .index_of, .starts_with, .ends_with, .contains: return found(arguments)
        default: return .undefined
        }
    }

    /// One character for one, by Unicode's simple mappings; the two that only Turkish has stay.
    private func cased(_ text: [UInt16]) -> [UInt16] {
        String(decoding: text, as: UTF16.self).unicodeScalars.flatMap { scalar -> [UInt16] in
            let mapped = self == .lower ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping
            let isOne = mapped.unicodeScalars.count == 1 && scalar != "\u{130}" && scalar != "\u{131}"
            return Array((isOne ? mapped : String(scalar)).utf16)
        }
    }

    /// With a length it begins before the end. Fractions are cut off where all is known to lie in the text.
    private func substring(_ arguments: [ValueModel]) -> ValueModel {
        guard let text = arguments[0].string, let start = arguments[1].number, start >= 0, start <= Double(text.count) else {
            return .undefined
        }
        var part = text[Int(start)...]
        if arguments.count == 3 {
            guard let length = arguments[2].number, length >= 0, start < Double(text.count), length <= Double(text.count) - start else {
                return .undefined
            }
            part = part.prefix(Int(length))
        }
        return String(validating: part, as: UTF16.self) == nil ? .undefined : .string(Array(part))
    }

    private func found(_ arguments: [ValueModel]) -> ValueModel {
        guard let text = arguments[0].string, let part = arguments[1].string else { return .undefined }
        var place = -1
        if part.count <= text.count {
            place = (0...text.count - part.count).first { text[$0...].starts(with: part) } ?? -1
        }
        switch self {
        case .index_of: return .number(Double(place))
        case .contains: return .bool(place >= 0)
        case .starts_with: return .bool(text.starts(with: part))
        default: return .bool(text.reversed().starts(with: part.reversed()))
        }
    }

    /// Blanks around a decimal number.
    private static func number(_ text: [UInt16]) -> ValueModel? {
        let string = String(decoding: text, as: UTF16.self).unicodeScalars
        let blanks = CharacterSet(charactersIn: " \t\n\u{B}\u{C}\r")
        let digits = String(string).trimmingCharacters(in: blanks)
        guard digits.wholeMatch(of: /[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?/) != nil else { return nil }
        return .of(strtod(digits, nil))
    }
}
