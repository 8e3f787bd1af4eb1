/// A problem of first-order logic as text for a tool.
struct FirstOrderProblem {
  let signature: Signature
  /// Axioms that are first-order, with names.
  let axioms: [(name: String, formula: Formula)]
  let conjecture: Formula

  static let maximalLength = 1 << 20
  static let maximalNumeral = 1000

  enum Dialect: Sendable {
    case tptp, smtlib
  }

  /// Whether a proof by a tool counts.
  ///
  /// The sorts of tools have elements, while types that nothing inhabits may be empty here. If the
  /// conjecture begins with a quantifier over such a type, it holds where that is empty; any other
  /// use of such a type may make a difference.
  var coversEmptySorts: Bool {
    let inhabited = signature.inhabitedTypes(assuming: conjecture.leadingSorts)
    return conjecture.quantifiesOnlyOver(inhabited)
      && axioms.allSatisfy { $0.formula.quantifiesOnlyOver(inhabited) }
  }
}

/// Writes the formulas of a problem. Quantifiers over `prop` are written out in TPTP, where there
/// are none: ∀P. φ(P) is φ(⊤) ∧ φ(⊥).
struct FormulaWriter {
  let signature: Signature
  let dialect: FirstOrderProblem.Dialect
  private(set) var text = ""
  private var truths: [Int: Bool] = [:]

  init(_ signature: Signature, _ dialect: FirstOrderProblem.Dialect) {
    self.signature = signature
    self.dialect = dialect
  }

  /// The text of a closed formula.
  ///
  /// - Throws: the reason why it is not first-order.
  mutating func write(_ formula: Formula) throws(Unfit) -> String {
    text = ""
    truths = [:]
    try visit(formula.root, of: formula)
    return text
  }

  private mutating func add(_ part: String) throws(Unfit) {
    text += part
    guard text.utf8.count <= FirstOrderProblem.maximalLength else {
      throw Unfit("it is too long without its quantifiers over prop", isLimit: true)
    }
  }

  private mutating func visit(_ node: Int, of formula: Formula) throws(Unfit) {
    switch formula.nodes[node] {
    case .variable(let level):
      if let truth = truths[level] {
        try add(dialect == .tptp ? (truth ? "$true" : "$false") : (truth ? "true" : "false"))
      } else {
        try add(dialect.variable(level))
      }
    case .symbol(let symbol, let arguments):
      if let reason = dialect.objection(to: signature.symbols[symbol], signature) {
        throw Unfit(reason)
      }
      try apply(
        dialect.name(signature.symbols[symbol].name), formula.children[arguments], formula)
    case .numeral(let family, let count): try numeral(signature.numerals[family], count)
    case .equal(let type, let left, let right):
      if case .function = formula.types[type] { throw Unfit("it equates functions") }
      let sign = type == SimpleType.propositionID ? " <=> " : " = "
      try add(dialect == .tptp ? "(" : "(= ")
      try visit(left, of: formula)
      try add(dialect == .tptp ? sign : " ")
      try visit(right, of: formula)
      try add(")")
    case .implies(let hypothesis, let conclusion):
      try add(dialect == .tptp ? "(" : "(=> ")
      try visit(hypothesis, of: formula)
      try add(dialect == .tptp ? " => " : " ")
      try visit(conclusion, of: formula)
      try add(")")
    case .forAll(let type, let level, let body):
      try forAll(type, level, body, formula)
    case .apply, .lambda: throw Unfit("it has functions as objects")
    }
  }

  private mutating func apply(
    _ name: String, _ arguments: ArraySlice<Int>, _ formula: Formula
  ) throws(Unfit) {
    if arguments.isEmpty { return try add(name) }
    try add(dialect == .tptp ? "\(name)(" : "(\(name) ")
    for (offset, argument) in arguments.enumerated() {
      if offset > 0 { try add(dialect == .tptp ? "," : " ") }
      try visit(argument, of: formula)
    }
    try add(")")
  }

  private mutating func numeral(
    _ family: Signature.Numerals, _ count: Int
  ) throws(Unfit) {
    guard count <= FirstOrderProblem.maximalNumeral else {
      throw Unfit("the numeral \(count) is too large to write out", isLimit: true)
    }
    let successor = dialect.name(signature.symbols[family.successor].name)
    let opening = dialect == .tptp ? "\(successor)(" : "(\(successor) "
    try add(String(repeating: opening, count: count))
    try add(dialect.name(signature.symbols[family.zero].name))
    try add(String(repeating: ")", count: count))
  }

  private mutating func forAll(
    _ type: TypeID, _ level: Int, _ body: Int, _ formula: Formula
  ) throws(Unfit) {
    switch formula.types[type] {
    case .function:
      throw Unfit("it quantifies over functions or predicates, which first-order logic does not")
    case .sort(let sort):
      let name = dialect.sort(signature.sorts[sort].name)
      let variable = dialect.variable(level)
      let outer = truths.removeValue(forKey: level)
      try add(
        dialect == .tptp ? "! [\(variable): \(name)] : (" : "(forall ((\(variable) \(name))) ")
      try visit(body, of: formula)
      try add(")")
      truths[level] = outer
    case .proposition:
      let outer = truths[level]
      try add(dialect == .tptp ? "(" : "(and ")
      truths[level] = true
      try visit(body, of: formula)
      try add(dialect == .tptp ? " & " : " ")
      truths[level] = false
      try visit(body, of: formula)
      try add(")")
      truths[level] = outer
    }
  }
}

extension FirstOrderProblem.Dialect {
  func variable(_ level: Int) -> String { (self == .tptp ? "X" : "x") + String(level) }

  /// Names of the theory are quoted, so that none of the language's own can be meant.
  func name(_ name: String) -> String {
    switch self {
    case .tptp:
      let characters = Array(name.utf8)
      let isPlain = characters.first.map { (97...122).contains($0) } ?? false
      if isPlain, characters.allSatisfy(\.isWordCharacter) { return name }
      let escaped = name.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }
      return "'" + escaped.joined() + "'"
    case .smtlib: return "|c.\(name)|"
    }
  }

  func sort(_ name: String) -> String {
    self == .tptp ? self.name("type:" + name) : "|t.\(name)|"
  }

  /// Why a symbol cannot be declared; nil if it can.
  func objection(to symbol: Signature.Symbol, _ signature: Signature) -> String? {
    for input in symbol.inputs {
      switch signature.types[input] {
      case .function: return "\(symbol.name) takes functions as arguments"
      case .proposition where self == .tptp:
        return "\(symbol.name) takes propositions as arguments"
      default: continue
      }
    }
    return nil
  }

  func type(_ type: TypeID, _ signature: Signature) -> String {
    switch signature.types[type] {
    case .proposition: self == .tptp ? "$o" : "Bool"
    case .sort(let sort): self.sort(signature.sorts[sort].name)
    case .function: preconditionFailure("a function type in a first-order signature")
    }
  }
}

extension UInt8 {
  /// Letters, digits and the underscore.
  fileprivate var isWordCharacter: Bool {
    (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
      || self == 95
  }
}

extension FirstOrderProblem {
  /// The problem in TPTP (typed first-order form, TF0), one formula per line.
  ///
  /// Axioms that do not fit are left out, with a comment: one less to prove with, but a model of
  /// the others means nothing then.
  ///
  /// - Throws: the reason why the conjecture does not fit.
  func tptp() throws(Unfit) -> (text: String, hasAllAxioms: Bool) {
    var hasAllAxioms = true
    var writer = FormulaWriter(signature, .tptp)
    var text = ""
    for (index, sort) in signature.sorts.enumerated() {
      text += "tff(sort_\(index),type,\(Dialect.tptp.sort(sort.name)): $tType).\n"
    }
    for (index, symbol) in signature.symbols.enumerated() {
      if Dialect.tptp.objection(to: symbol, signature) != nil { continue }
      let inputs = symbol.inputs.map { Dialect.tptp.type($0, signature) }
      let output = Dialect.tptp.type(symbol.output, signature)
      let domain = inputs.count > 1 ? "(\(inputs.joined(separator: " * ")))" : inputs.first
      let type = domain.map { "\($0) > \(output)" } ?? output
      text += "tff(symbol_\(index),type,\(Dialect.tptp.name(symbol.name)): \(type)).\n"
    }
    for (name, axiom) in axioms {
      do throws(Unfit) {
        let formula = try writer.write(axiom)
        text += "tff(\(Dialect.tptp.name(name)),axiom,\(formula)).\n"
      } catch {
        hasAllAxioms = false
        text += "% without the axiom \(name): \(error)\n"
      }
    }
    text += "tff(conjecture,conjecture,\(try writer.write(conjecture))).\n"
    return (text, hasAllAxioms)
  }

  /// The axioms and the negated conjecture in SMT-LIB 2.6.
  ///
  /// - Throws: as `tptp`; also if a symbol or an axiom does not fit.
  func smtlib() throws(Unfit) -> String {
    var writer = FormulaWriter(signature, .smtlib)
    var text = "(set-logic ALL)\n"
    for sort in signature.sorts {
      text += "(declare-sort \(Dialect.smtlib.sort(sort.name)) 0)\n"
    }
    for symbol in signature.symbols {
      if let reason = Dialect.smtlib.objection(to: symbol, signature) { throw Unfit(reason) }
      let inputs = symbol.inputs.map { Dialect.smtlib.type($0, signature) }
      text +=
        "(declare-fun \(Dialect.smtlib.name(symbol.name)) (\(inputs.joined(separator: " "))) "
        + "\(Dialect.smtlib.type(symbol.output, signature)))\n"
    }
    for (_, axiom) in axioms { text += "(assert \(try writer.write(axiom)))\n" }
    return text + "(assert (not \(try writer.write(conjecture))))\n(check-sat)\n(get-model)\n"
  }
}
