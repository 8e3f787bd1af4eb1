/// Writes theorems for Lean 4, without its library.
///
/// `prop` is `Prop`, `type` is `Type`, `=` is Lean's own equality; the theory is axioms in a
/// namespace. Numerals count by recursion on Lean's natural numbers, and an operation that computes
/// is a recursion on an inductive type. The files say that Lean has not seen them.
public struct LeanExporter: ProofExporter {
  /// Theorems in one file, at most.
  public var theoremsPerFile: Int

  public init(theoremsPerFile: Int = 500) {
    precondition(theoremsPerFile > 0, "a file cannot hold \(theoremsPerFile) theorems")
    self.theoremsPerFile = theoremsPerFile
  }

  static let heading = """
    /- Written by minimo export --format lean. UNCHECKED: Lean has not seen this file. -/

    """

  public func files(for theorems: TheoremCollection) throws(ExportError) -> [ExportedFile] {
    let theory = try LeanTheory(theorems.theory)
    let entries = theorems.entries
    var files = [ExportedFile(path: "Theory.lean", text: theory.text)]
    var modules: [String] = []
    var queries = ""
    for start in stride(from: 0, to: entries.count, by: theoremsPerFile) {
      let number = "\(modules.count + 1)"
      let module = "Proofs_" + String(repeating: "0", count: max(0, 4 - number.count)) + number
      var text = Self.heading + "import Theory\n\nnamespace Proofs\n"
      for entry in entries[start..<min(start + theoremsPerFile, entries.count)] {
        text += "\n" + (try theory.theorem(entry))
        queries += "#print axioms Proofs.\(LeanNames.quoted(entry.name))\n"
      }
      text += "\nend Proofs\n"
      files.append(ExportedFile(path: module + ".lean", text: text))
      modules.append(module)
    }
    let imports = (["Theory"] + modules).map { "import \($0)\n" }.joined()
    files.append(
      ExportedFile(path: "Assumptions.lean", text: Self.heading + imports + "\n" + queries))
    return files
  }
}

/// Names in Lean, where anything may stand between `«` and `»`.
enum LeanNames {
  static func quoted(_ name: String) -> String { "«\(name)»" }
  /// A declaration of the theory: qualified, so that no bound variable hides it.
  static func constant(_ name: String) -> String { "Theory.\(quoted(name))" }
}

extension ProofLanguage {
  static let lean = ProofLanguage(
    prop: "Prop", type: "Type", kind: "Type 1", letEnd: "; ",
    primitives: [
      "=": Primitive(head: "@Eq", order: [0, 1, 2], alone: "(fun t : Type => @Eq t)"),
      "refl": Primitive(
        head: "@Eq.refl", order: [0, 1], alone: "(fun (t : Type) (a : t) => @Eq.refl t a)"),
      "subst": Primitive(
        head: "@Eq.ndrec", order: [0, 1, 3, 5, 2, 4],
        alone: """
          (fun (t : Type) (a b : t) (p : t -> Prop) (e : @Eq t a b) (h : p a) => \
          @Eq.ndrec t a p h b e)
          """),
    ],
    constant: LeanNames.constant,
    numeral: { type, zero, successor, digits in
      "(Theory.numeral \(type) \(successor) \(zero) \(digits))"
    })
}

/// A theory as Lean declarations, and its theorems.
struct LeanTheory {
  private(set) var text: String
  private let outline: TheoryOutline
  private let graph: TermGraph
  private let names: Set<String>

  init(_ theory: Certificate.Theory) throws(ExportError) {
    outline = try TheoryOutline(theory)
    graph = TermGraph(theory.nodes)
    var declared: Set<String> = []
    var text = LeanExporter.heading
    if !outline.families.isEmpty {
      text += """

        /-- `s` applied `n` times to `z`. -/
        noncomputable def Theory.numeral (t : Type) (s : t -> t) (z : t) (n : Nat) : t :=
          @Nat.rec (fun _ => t) z (fun _ x => s x) n

        """
    }
    for entry in theory.declarations {
      guard let name = entry.declaration.name else { continue }
      var writer = TermWriter(.lean, outline.families, graph, of: name) { declared.contains($0) }
      text += try Self.text(entry.declaration, name, outline, &writer)
      declared.insert(name)
    }
    self.text = text
    names = declared
  }

  private static func text(
    _ declaration: Certificate.Declaration, _ name: String, _ outline: TheoryOutline,
    _ writer: inout TermWriter
  ) throws(ExportError) -> String {
    let title = LeanNames.constant(name)
    switch declaration {
    case .literals, .computable: return ""
    case .define(_, let type, let value):
      return """

        noncomputable def \(title) : \(try writer.text(type)) :=
          \(try writer.text(value, sharing: true))

        """
    case .prove(_, let statement, let proof):
      return """

        theorem \(title) : \(try writer.text(statement)) :=
          \(try writer.text(proof, sharing: true))

        """
    case .assume(_, let type):
      guard let origin = outline.origins[name] else {
        return "\naxiom \(title) : \(try writer.text(type))\n"
      }
      guard let recursion = outline.recursions[origin] else {
        return name == origin ? inductiveType(name, outline) : ""
      }
      let carrier = LeanNames.constant(recursion.type)
      if name == recursion.operation {
        writer = TermWriter(.lean, outline.families, writer.graph, of: name) {
          [isDeclared = writer.isDeclared] in $0 == name || isDeclared($0)
        }
        return """

          noncomputable def \(title) : \(carrier) -> \(carrier) -> \(carrier)
            | x0, \(carrier).zero => \(try writer.text(recursion.zeroBody, depth: 1))
            | x0, \(carrier).succ x1 => \(try writer.text(recursion.successorBody, depth: 2))

          """
      }
      let (binders, body, depth) =
        name == recursion.atZero
        ? ("x0", recursion.zeroBody, 1) : ("x0 x1", recursion.successorBody, 2)
      return """

        theorem \(title) : \(try writer.text(type)) :=
          fun \(binders) : \(carrier) =>
            @Eq.refl \(carrier) \(try writer.text(body, depth: depth, isArgument: true))

        """
    }
  }

  private static func inductiveType(_ type: String, _ outline: TheoryOutline) -> String {
    let (zero, successor) = outline.families[type]!
    let name = LeanNames.constant(type)
    return """

      inductive \(name) : Type where
        | zero : \(name)
        | succ : \(name) -> \(name)

      @[reducible] def \(LeanNames.constant(zero)) : \(name) := \(name).zero

      @[reducible] def \(LeanNames.constant(successor)) : \(name) -> \(name) := \(name).succ

      """
  }

  /// The theorem; it is for Lean to accept its proof.
  func theorem(_ entry: TheoremCollection.Entry) throws(ExportError) -> String {
    var graph = graph
    graph.append(entry.certificate.nodes)
    var writer = TermWriter(.lean, outline.families, graph, of: entry.name) { names.contains($0) }
    return """
      theorem \(LeanNames.quoted(entry.name)) :
          \(try writer.statement(entry.certificate.statement)) :=
        \(try writer.text(entry.certificate.proof, sharing: true))

      """
  }
}
