import Kernel

/// A theory as Coq declarations, and its theorems as lemmas.
struct CoqTheory {
  /// A constant of no theory, for the place where a motive varies.
  static let place = "?"

  let outline: TheoryOutline
  /// The module type `THEORY`.
  private(set) var signature: String
  /// The module `Axioms`, which assumes the theory.
  private(set) var assumptions: String
  private let graph: TermGraph
  private let names: Set<String>

  init(_ theory: Certificate.Theory) throws(ExportError) {
    outline = try TheoryOutline(theory)
    graph = TermGraph(theory.nodes)
    var declared: Set<String> = []
    var (parameters, axioms) = ("", "")
    for entry in theory.declarations {
      let declaration = entry.declaration
      guard let name = declaration.name else { continue }
      var writer = Self.writer(outline, graph, name) { declared.contains($0) }
      let definition = try Self.definition(declaration, outline, &writer)
      if case .assume(_, let type) = declaration, definition == nil {
        let text = try writer.text(type)
        parameters += "  Parameter \(CoqNames.constant(name)) :\n    \(text).\n"
        axioms += "  Axiom \(CoqNames.axiom(name)) :\n    \(text).\n"
        // Coq leaves out what only the type of an axiom mentions. Through the domain of a function
        // it becomes part of what is used.
        axioms += "  Definition \(CoqNames.constant(name)) :\n    \(text) :=\n"
        axioms += "    (fun x : \(text) => x) \(CoqNames.axiom(name)).\n"
      }
      parameters += definition ?? ""
      axioms += definition ?? ""
      declared.insert(name)
    }
    names = declared
    let scheme = outline.inductiveTypes.isEmpty ? "" : "Unset Elimination Schemes.\n"
    signature =
      CoqExporter.heading + "From Minimo Require Import Prelude.\n" + scheme
      + "\nModule Type THEORY.\n" + parameters + "End THEORY.\n"
    assumptions =
      scheme + "Module Axioms <: THEORY.\n" + axioms + "End Axioms.\n"
  }

  private static func writer(
    _ outline: TheoryOutline, _ graph: TermGraph, _ name: String,
    _ isDeclared: @escaping (String) -> Bool
  ) -> TermWriter {
    TermWriter(.coq, outline.families, graph, of: name, isDeclared: isDeclared)
  }

  /// The declaration where it is no assumption; empty where it is part of another one, nil for an
  /// assumption.
  private static func definition(
    _ declaration: Certificate.Declaration, _ outline: TheoryOutline, _ writer: inout TermWriter
  ) throws(ExportError) -> String? {
    switch declaration {
    case .define(let name, let type, let value), .prove(let name, let type, let value):
      return """
          Definition \(CoqNames.constant(name)) :
            \(try writer.text(type)) :=
            \(try writer.text(value, sharing: true)).

        """
    case .assume(let name, let type):
      guard let origin = outline.origins[name] else { return nil }
      guard let recursion = outline.recursions[origin] else {
        return name == origin ? inductiveType(name, outline) : ""
      }
      let carrier = CoqNames.constant(recursion.type)
      if name == recursion.operation {
        // The operation occurs in its own body.
        writer = Self.writer(outline, writer.graph, name) { [isDeclared = writer.isDeclared] in
          $0 == name || isDeclared($0)
        }
        return """
            Fixpoint \(CoqNames.constant(name)) (x0 x2 : \(carrier)) {struct x2} : \(carrier) :=
              match x2 with
              | \(CoqNames.constant(recursion.zero)) =>
                \(try writer.text(recursion.zeroBody, depth: 1))
              | \(CoqNames.constant(recursion.successor)) x1 =>
                \(try writer.text(recursion.successorBody, depth: 2))
              end.

          """
      }
      let (binders, body, depth) =
        name == recursion.atZero
        ? ("x0", recursion.zeroBody, 1) : ("x0 x1", recursion.successorBody, 2)
      return """
          Definition \(CoqNames.constant(name)) :
            \(try writer.text(type)) :=
            fun \(binders) : \(carrier) =>
            @eq_refl \(carrier) \(try writer.text(body, depth: depth, isArgument: true)).

        """
    case .literals, .computable: return ""
    }
  }

  private static func inductiveType(_ type: String, _ outline: TheoryOutline) -> String {
    let (zero, successor) = outline.families[type]!
    let name = CoqNames.constant(type)
    return """
        Inductive \(name) : Type@{u} :=
          | \(CoqNames.constant(zero)) : \(name)
          | \(CoqNames.constant(successor)) : \(name) -> \(name).

      """
  }

  // MARK: Theorems

  /// The theorem as a lemma; it is for Coq to accept its proof.
  func lemma(_ entry: TheoremCollection.Entry) throws(ExportError) -> String {
    let certificate = entry.certificate
    var graph = graph
    graph.append(certificate.nodes)
    var numerals = LargeNumerals(
      graph, outline, roots: [certificate.statement, certificate.proof])
    let proof = numerals.reduced(certificate.proof)
    let rewriting = try rewriting(certificate.statement, entry.name, &numerals)
    var writer = writer(numerals.graph, entry.name)
    return """
      Lemma \(CoqNames.theorem(entry.name)) :
        \(try writer.statement(certificate.statement)).
      Proof.
        exact (\(rewriting.start)
        \(try writer.text(proof, sharing: true))\(rewriting.end)).
      Qed.

      """
  }

  private func writer(_ graph: TermGraph, _ name: String) -> TermWriter {
    Self.writer(outline, graph, name) { names.contains($0) || $0 == Self.place }
  }

  /// What makes a proof of `statement` with its arithmetic computed into one of `statement`.
  private func rewriting(
    _ statement: Int, _ name: String, _ numerals: inout LargeNumerals
  ) throws(ExportError) -> (start: String, end: String) {
    var (start, end) = ("", "")
    var done: [Int: Int] = [:]
    for part in numerals.arithmetic(in: statement) {
      let value = numerals.values[part]!
      let numeral = numerals.numeral(part)
      done[part] = numerals.place(Self.place)
      let motive = numerals.replacing(done, in: statement)
      done[part] = numeral
      var writer = writer(numerals.graph, name)
      let type = CoqNames.constant(value.type)
      start += "\n  (@eq_ind_r \(type) \(try writer.text(numeral, isArgument: true))"
      start += "\n    (fun place : \(type) => \(try writer.text(motive)))"
      end = """
        )
            \(try writer.text(part, isArgument: true))
            \(try equation(part, numerals, &writer)))
        """ + end
      start += "\n    ("
    }
    return (start, end)
  }

  /// A proof that a closed term is the numeral of its value.
  private func equation(
    _ node: Int, _ numerals: LargeNumerals, _ writer: inout TermWriter
  ) throws(ExportError) -> String {
    let value = numerals.values[node]!
    let lemma = value.number.isZero ? "value_zero" : "value_numeral"
    let digits = value.number.isZero ? "" : " \(value.number)"
    return """
      (\(lemma) \(family(of: value.type)) \(try writer.text(node, isArgument: true))\(digits)
          \(try reason(node, numerals, &writer)))
      """
  }

  /// A type with numerals, its successor and zero, as the lemmas want them.
  private func family(of type: String) -> String {
    let (zero, successor) = outline.families[type]!
    return [type, successor, zero].map(CoqNames.constant).joined(separator: " ")
  }

  /// A proof that a closed term is its value.
  private func reason(
    _ node: Int, _ numerals: LargeNumerals, _ writer: inout TermWriter
  ) throws(ExportError) -> String {
    let value = numerals.values[node]!
    func number(_ node: Int) -> String {
      let number = numerals.values[node]!.number
      return number.isZero ? "N0" : "(Npos \(number))"
    }
    let family = family(of: value.type)
    switch value.reason {
    case .itself:
      return value.number.isZero
        ? "(zero_value \(family))" : "(numeral_value \(family) \(value.number))"
    case .successor(let part):
      return """
        (successor_value \(family) \(try writer.text(part, isArgument: true)) \
        \(number(part)) \(number(node)) \(try reason(part, numerals, &writer)) eq_refl)
        """
    case .operation(let name, let first, let second):
      let recursion = outline.recursions[name]!
      var lemma = ""
      switch recursion.arithmetic! {
      case .addition: lemma = "sum_value \(family)"
      case .multiplication(let addition, let isLeft):
        lemma = "product_value\(isLeft ? "_left" : "") \(family) \(equations(addition))"
      }
      return """
        (\(lemma) \(equations(name)) \(try writer.text(first, isArgument: true)) \
        \(try writer.text(second, isArgument: true)) \
        \(number(first)) \(number(second)) \(number(node)) \
        \(try reason(first, numerals, &writer)) \(try reason(second, numerals, &writer)) eq_refl)
        """
    }
  }

  /// An operation and its two equations, as the lemmas about it want them.
  private func equations(_ operation: String) -> String {
    let recursion = outline.recursions[operation]!
    return [operation, recursion.atZero, recursion.atSuccessor].map(CoqNames.constant)
      .joined(separator: " ")
  }
}

extension Certificate.Declaration {
  /// The name that is declared, if one is.
  var name: String? {
    switch self {
    case .assume(let name, _), .define(let name, _, _), .prove(let name, _, _): name
    case .literals, .computable: nil
    }
  }
}
