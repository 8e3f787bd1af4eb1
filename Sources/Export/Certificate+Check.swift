public import Hashing
public import Kernel

/// A certificate's theory, elaborated from nothing by the kernel.
public struct CheckedTheory: Sendable {
  /// SHA-256 of the text of the theory.
  public let hash: Digest
  public let theory: Theory
  /// The terms of the theory's nodes, by number.
  let terms: [Term]
  let families: [String: Int]
  let dependencies: AxiomDependencies
}

extension Certificate {
  /// What the kernel found in a certificate.
  public struct Summary: Sendable, Hashable {
    public let theoryHash: Digest
    /// The assumptions that the theorem depends on, in order of declaration.
    public let axioms: [String]
    /// Steps of the kernel for statement and proof.
    public let steps: Int
  }

  /// Checks everything that the certificate claims: each declaration of the theory, the proof of
  /// the statement, and that the list of axioms is the right one.
  ///
  /// Needs the stack of a `WorkerPool` thread: terms may be deep.
  ///
  /// - Throws: the line of the first claim that does not hold.
  public func check(
    limits: KernelLimits = KernelLimits()
  ) throws(CertificateError) -> Summary {
    try check(in: theory.check(limits: limits), limits: limits)
  }

  /// Checks the theorem in a theory that is checked already, for many theorems of one theory.
  ///
  /// - Precondition: `checked` is the certificate's theory.
  public func check(
    in checked: CheckedTheory, limits: KernelLimits = KernelLimits()
  ) throws(CertificateError) -> Summary {
    let arena = TermArena(checked.theory.terms)
    let terms = try terms(in: checked, arena)
    let (statement, proof) = (terms[self.statement], terms[self.proof])
    var checker = Checker(theory: checked.theory, arena: arena, limits: limits)
    do {
      try checker.checkProof(proof, of: statement)
    } catch {
      throw CertificateError(line: axiomsLine + 2, reason: "the proof is refused: \(error.phrase)")
    }
    let found = checked.dependencies.axioms(of: [statement, proof], in: arena)
    guard found == axioms else {
      throw CertificateError(
        line: axiomsLine,
        reason: "the theorem depends on \(list(found)), not on \(list(axioms))")
    }
    return Summary(theoryHash: checked.hash, axioms: found, steps: checker.steps)
  }

  /// The statement as a term of `arena`, which extends the terms of the checked theory.
  ///
  /// - Precondition: `checked` is the certificate's theory.
  public func statement(
    in checked: CheckedTheory, _ arena: TermArena
  ) throws(CertificateError) -> Term {
    try terms(in: checked, arena)[statement]
  }

  private func terms(
    in checked: CheckedTheory, _ arena: TermArena
  ) throws(CertificateError) -> [Term] {
    precondition(checked.hash == theory.hash, "the certificate is of another theory")
    var terms = checked.terms
    for (index, node) in nodes.enumerated() {
      do {
        terms.append(try arena.term(node, terms, checked.theory, checked.families))
      } catch {
        throw CertificateError(line: theory.lineCount + index + 3, reason: error.reason)
      }
    }
    return terms
  }

  private var axiomsLine: Int { theory.lineCount + nodes.count + 3 }
}

extension Certificate.Theory {
  /// Elaborates the theory from nothing, checking each declaration.
  ///
  /// - Throws: the line, in a certificate, of the first declaration that the kernel refuses.
  public func check(
    limits: KernelLimits = KernelLimits()
  ) throws(CertificateError) -> CheckedTheory {
    var builder = TheoryBuilder(limits: limits)
    var terms: [Term] = []
    var families: [String: Int] = [:]
    // Two lines of the certificate and `theory` come before.
    var line = 4
    func addTerms(upTo count: Int) throws(CertificateError) {
      while terms.count < count {
        do {
          let node = nodes[terms.count]
          terms.append(try builder.arena.term(node, terms, builder.theory, families))
        } catch {
          throw CertificateError(line: line, reason: error.reason)
        }
        line += 1
      }
    }
    for entry in declarations {
      try addTerms(upTo: entry.nodeCount)
      do {
        try builder.add(entry.declaration, terms)
      } catch {
        throw CertificateError(
          line: line, reason: "the declaration is refused: \(error.phrase)")
      }
      if case .literals(let type, _, _) = entry.declaration { families[type] = families.count }
      line += 1
    }
    try addTerms(upTo: nodes.count)
    let theory = builder.freeze()
    return CheckedTheory(
      hash: hash, theory: theory, terms: terms, families: families,
      dependencies: AxiomDependencies(theory))
  }

  /// Lines from `theory` through `end-theory`.
  fileprivate var lineCount: Int { nodes.count + declarations.count + 2 }
}

/// Why a node makes no term.
private struct UnresolvedNode: Error {
  let reason: String
}

extension TermArena {
  /// The term of a node, given those of the nodes before it.
  fileprivate func term(
    _ node: Certificate.Node, _ earlier: [Term], _ theory: Theory, _ families: [String: Int]
  ) throws(UnresolvedNode) -> Term {
    for child in node.children where !earlier.indices.contains(child) {
      throw UnresolvedNode(reason: "there is no node \(child) before this line")
    }
    switch node {
    case .sort(let sort): return self.sort(sort)
    case .bound(let index): return variable(index)
    case .constant(let name):
      guard let constant = theory.constant(named: name) else {
        throw UnresolvedNode(reason: "'\(name)' is not declared")
      }
      return self.constant(constant)
    case .numeral(let type, let value):
      guard let family = families[type] else {
        throw UnresolvedNode(reason: "'\(type)' has no numerals")
      }
      return literal(family: family, value: value)
    case .apply(let function, let argument):
      return application(earlier[function], earlier[argument])
    case .lambda(let domain, let body): return lambda(earlier[domain], earlier[body])
    case .forall(let domain, let body): return pi(earlier[domain], earlier[body])
    case .define(let type, let value, let body):
      return definition(type: earlier[type], value: earlier[value], body: earlier[body])
    }
  }
}

extension TheoryBuilder {
  fileprivate mutating func add(
    _ declaration: Certificate.Declaration, _ terms: [Term]
  ) throws(KernelError) {
    switch declaration {
    case .assume(let name, let type): try assume(name, type: terms[type])
    case .define(let name, let type, let value):
      try define(name, type: terms[type], value: terms[value])
    case .prove(let name, let statement, let proof):
      try prove(name, statement: terms[statement], proof: terms[proof])
    case .literals(let type, let zero, let successor):
      try addLiterals(type: term(type), zero: term(zero), successor: term(successor))
    case .computable(let operation, let atZero, let atSuccessor):
      guard let operation = theory.constant(named: operation),
        let atZero = theory.constant(named: atZero),
        let atSuccessor = theory.constant(named: atSuccessor)
      else { throw .invalidLiteral(reason: "what computes is not declared") }
      try addComputable(operation: operation, atZero: atZero, atSuccessor: atSuccessor)
    }
  }

  /// The constant of that name, or `kind`, which is refused wherever a constant is wanted.
  private func term(_ name: String) -> Term {
    theory.constant(named: name).map { arena.constant($0) } ?? .kind
  }
}

private func list(_ names: [String]) -> String {
  names.isEmpty ? "no axioms" : names.joined(separator: " ")
}

extension KernelError {
  /// The error in words, without the terms, which have no names here.
  fileprivate var phrase: String {
    switch self {
    case .notAFunction: "something is applied that is no function"
    case .argumentMismatch: "an argument has another type than its function wants"
    case .notAType: "something stands where a type is wanted"
    case .typeMismatch: "a term has another type than the one claimed"
    case .notAProposition: "what is stated is no proposition"
    case .kindHasNoType: "'kind' has no type"
    case .looseVariable(let index): "bound variable \(index) has no binder"
    case .duplicateName(let name): "'\(name)' is declared already"
    case .invalidLiteral(let reason), .invalidComputation(_, let reason): reason
    case .limitExceeded(.steps(let count)): "checking it takes more than \(count) steps"
    case .limitExceeded(.work): "substituting in its terms takes too long"
    case .limitExceeded(.recursion(let depth)): "it is nested deeper than \(depth)"
    case .limitExceeded(.terms(let count)): "it has too many terms, or too deep ones (\(count))"
    default: "\(self)"
    }
  }
}
