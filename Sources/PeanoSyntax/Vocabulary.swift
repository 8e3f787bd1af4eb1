/// Names with a fixed meaning.
enum Vocabulary {
  static let forms: Set<String> = [
    "lambda", "let", "theorem", "intro", "construct", "show", "apply", "goal", "by",
  ]
  static let sorts: Set<String> = ["prop", "type", "kind"]
  /// What needs no declaration; restating it declares nothing.
  static let builtIn = sorts.union(["=", "refl", "subst"])
  static let hole = "_"
  static let unnamed = "'_"
  /// The rules that need no declaration, in the order in which diagnostics list them.
  static let rules = ["eq_refl", "eq_symm", "rewrite"]
  /// Those, and the ones that are no premises unless a file lists them.
  static let allRules = rules + ["norm"]

  static func isBound(_ name: some StringProtocol) -> Bool { name.utf8.first == UInt8(ascii: "'") }

  /// Whether a declaration or theorem may not take the name.
  static func isReserved(_ name: String) -> Bool {
    forms.contains(name) || sorts.contains(name) || name == hole || allRules.contains(name)
  }
}
