public import Kernel

/// Writes certificates over one theory, whose own part is made once.
///
/// Nodes are numbered in the order in which they are first needed, children first; equal terms are
/// one node. The same statement and proof give the same text, whatever else the arena holds.
public struct CertificateWriter: Sendable {
  /// The theory's part of every certificate.
  public let theory: Certificate.Theory

  private let source: Theory
  /// The numbers of the terms that the theory's declarations consist of.
  private let numbers: [Term: Int]
  private let sharedCount: Int
  private let dependencies: AxiomDependencies

  /// - Precondition: the names of `theory` are those of certificates, ``Certificate/isName(_:)``.
  public init(_ theory: Theory) {
    let arena = TermArena(theory.terms)
    var nodes = NodeList(theory)
    var entries: [Certificate.Theory.Entry] = []
    func add(_ declaration: Certificate.Declaration) {
      entries.append(.init(declaration, nodeCount: nodes.count))
    }
    var families = theory.literals[...]
    var computables = theory.computables[...]
    for (index, declaration) in theory.declarations.enumerated() {
      let name = declaration.name
      if declaration.role == .primitive { continue }
      precondition(Certificate.isName(name), "'\(name)' is no name of a certificate")
      let type = nodes.number(declaration.type, in: arena)
      switch declaration.role {
      case .primitive: continue
      case .assumption: add(.assume(name: name, type: type))
      case .definition(let value):
        let value = nodes.number(value, in: arena)
        add(.define(name: name, type: type, value: value))
      case .theorem(let proof):
        let proof = nodes.number(proof, in: arena)
        add(.prove(name: name, statement: type, proof: proof))
      }
      // Numerals may occur from here on.
      while let family = families.first, family.isDeclared(by: index, in: arena) {
        families.removeFirst()
        add(
          .literals(
            type: theory.name(of: family.type, in: arena),
            zero: theory.name(of: family.zero, in: arena),
            successor: theory.name(of: family.successor, in: arena)))
      }
      while let computable = computables.first, computable.isDeclared(by: index),
        theory.literals.count - families.count > computable.family
      {
        computables.removeFirst()
        add(
          .computable(
            operation: theory[computable.operation].name, atZero: theory[computable.atZero].name,
            atSuccessor: theory[computable.atSuccessor].name))
      }
    }
    self.theory = Certificate.Theory(nodes: nodes.nodes, declarations: entries)
    source = theory
    numbers = nodes.numbers
    sharedCount = arena.count
    dependencies = AxiomDependencies(theory)
  }

  /// The certificate of a proof that the kernel accepted.
  ///
  /// - Parameter arena: holds `statement` and `proof`, and extends the terms of the theory.
  /// - Precondition: `statement` and `proof` are closed, without hypotheses.
  public func certificate(
    of statement: Term, proof: Term, in arena: TermArena
  ) -> Certificate {
    precondition(
      arena.frozenCount >= sharedCount, "the arena has \(arena.frozenCount) of the theory's terms")
    for term in [statement, proof] {
      let node = arena.node(term)
      precondition(node.looseBound == 0 && !node.hasLocal, "\(term) does not stand alone")
    }
    var nodes = NodeList(source, after: theory.nodes.count, numbered: numbers)
    let statementNumber = nodes.number(statement, in: arena)
    let proofNumber = nodes.number(proof, in: arena)
    return Certificate(
      theory: theory, nodes: nodes.nodes,
      axioms: dependencies.axioms(of: [statement, proof], in: arena), statement: statementNumber,
      proof: proofNumber)
  }
}

/// Terms as numbered nodes.
private struct NodeList {
  let theory: Theory
  /// Number of the nodes before these.
  let offset: Int
  private(set) var nodes: [Certificate.Node] = []
  /// The numbers of all terms so far.
  private(set) var numbers: [Term: Int] = [:]
  private let earlier: [Term: Int]

  init(_ theory: Theory, after offset: Int = 0, numbered earlier: [Term: Int] = [:]) {
    self.theory = theory
    self.offset = offset
    self.earlier = earlier
  }

  var count: Int { offset + nodes.count }

  private func known(_ term: Term) -> Int? { numbers[term] ?? earlier[term] }

  /// The number of `term`, after its parts have theirs. Iterative: terms may be deep.
  mutating func number(_ root: Term, in arena: TermArena) -> Int {
    var stack = [root]
    while let term = stack.last {
      if known(term) != nil {
        stack.removeLast()
        continue
      }
      let view = arena.view(term)
      let missing = view.parts.filter { known($0) == nil }
      if missing.isEmpty {
        numbers[term] = count
        nodes.append(node(view, in: arena))
        stack.removeLast()
      } else {
        stack += missing.reversed()
      }
    }
    return known(root)!
  }

  private func node(_ view: TermView, in arena: TermArena) -> Certificate.Node {
    switch view {
    case .sort(let sort): .sort(sort)
    case .variable(let index): .bound(index)
    case .constant(let constant): .constant(theory[constant].name)
    case .local: preconditionFailure("a certificate cannot hold a hypothesis")
    case .literal(let family, let value):
      .numeral(type: theory.name(of: theory.literals[family].type, in: arena), value: value)
    case .application(let function, let argument): .apply(known(function)!, known(argument)!)
    case .lambda(let domain, let body): .lambda(domain: known(domain)!, body: known(body)!)
    case .pi(let domain, let body): .forall(domain: known(domain)!, body: known(body)!)
    case .definition(let type, let value, let body):
      .define(type: known(type)!, value: known(value)!, body: known(body)!)
    }
  }
}

extension TermView {
  /// The terms that this layer is made of, in the order in which they are numbered.
  fileprivate var parts: [Term] {
    switch self {
    case .sort, .variable, .constant, .local, .literal: []
    case .application(let function, let argument): [function, argument]
    case .lambda(let domain, let body), .pi(let domain, let body): [domain, body]
    case .definition(let type, let value, let body): [type, value, body]
    }
  }
}

extension Theory {
  /// The name of a term that is a constant, as those of literal families are.
  fileprivate func name(of term: Term, in arena: TermArena) -> String {
    guard case .constant(let constant) = arena.view(term) else {
      preconditionFailure("\(term) is no constant")
    }
    return self[constant].name
  }
}

extension ComputableOperation {
  /// Whether both equations, and with them the operation, are among the declarations up to that
  /// index.
  fileprivate func isDeclared(by index: Int) -> Bool {
    max(atZero.index, atSuccessor.index) <= index
  }
}

extension LiteralFamily {
  /// Whether type, zero and successor are among the declarations up to that index.
  fileprivate func isDeclared(by index: Int, in arena: TermArena) -> Bool {
    [type, zero, successor].allSatisfy { Int(arena.node($0).a) <= index }
  }
}
