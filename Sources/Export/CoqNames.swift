/// Names in Coq: a letter that says what is named, `_`, and the name.
///
/// ASCII letters, digits and `_` stand for themselves, any other byte for its two hexadecimal
/// digits between apostrophes. So different names stay different, and none is a keyword.
enum CoqNames {
  /// A declaration of the theory.
  static func constant(_ name: String) -> String { "c_" + escaped(name) }
  /// The axiom behind a declaration where the theory is assumed.
  static func axiom(_ name: String) -> String { "a_" + escaped(name) }
  static func theorem(_ name: String) -> String { "t_" + escaped(name) }

  static func escaped(_ name: String) -> String {
    var result = ""
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16)
        result += digits.utf8.count == 1 ? "'0\(digits)'" : "'\(digits)'"
      }
    }
    return result
  }
}

extension ProofLanguage {
  static let coq = ProofLanguage(
    prop: "Prop", type: "Type@{u}", kind: "Type@{u+1}", letEnd: " in ",
    primitives: [
      "=": Primitive(
        head: "@eq", order: [0, 1, 2], alone: "(fun t : Type@{u} => @eq t)"),
      "refl": Primitive(
        head: "@eq_refl", order: [0, 1], alone: "(fun (t : Type@{u}) (a : t) => @eq_refl t a)"),
      "subst": Primitive(
        head: "@eq_ind", order: [0, 1, 3, 5, 2, 4],
        alone: """
          (fun (t : Type@{u}) (a b : t) (p : t -> Prop) (e : @eq t a b) (h : p a) => \
          @eq_ind t a p h b e)
          """),
    ],
    constant: { $0 == CoqTheory.place ? "place" : CoqNames.constant($0) },
    numeral: { type, zero, successor, digits in
      "(numeral \(type) \(successor) \(zero) \(digits))"
    })
}
