import Kernel

/// What the declarations of a theory mention: from it follow the axioms of a proof.
struct AxiomDependencies: Sendable {
  private let theory: Theory
  /// For each constant those that its declaration mentions.
  private let mentioned: [[ConstantID]]

  init(_ theory: Theory) {
    self.theory = theory
    let arena = TermArena(theory.terms)
    var mentioned = theory.declarations.map { declaration in
      switch declaration.role {
      case .primitive, .assumption: theory.constants(in: [declaration.type], of: arena)
      case .definition(let value): theory.constants(in: [declaration.type, value], of: arena)
      case .theorem(let proof): theory.constants(in: [declaration.type, proof], of: arena)
      }
    }
    // What an operation computes is what its equations say of it.
    for computable in theory.computables {
      let family = theory.literals[computable.family]
      mentioned[Int(computable.operation.index)] +=
        [computable.atZero, computable.atSuccessor]
        + theory.constants(in: [family.type, family.zero, family.successor], of: arena)
    }
    self.mentioned = mentioned
  }

  /// The assumptions that `terms` depend on, in order of declaration: those that occur in them, and
  /// those that the declarations of what occurs mention, and so on.
  func axioms(of terms: [Term], in arena: TermArena) -> [String] {
    var isReached = [Bool](repeating: false, count: theory.declarations.count)
    var pending = theory.constants(in: terms, of: arena)
    while let constant = pending.popLast() {
      if isReached[Int(constant.index)] { continue }
      isReached[Int(constant.index)] = true
      pending += mentioned[Int(constant.index)]
    }
    return theory.declarations.indices.compactMap { index in
      let declaration = theory.declarations[index]
      return isReached[index] && declaration.role == .assumption ? declaration.name : nil
    }
  }
}

extension Theory {
  /// The constants that occur in `terms`; a numeral mentions its type, zero and successor.
  fileprivate func constants(in terms: [Term], of arena: TermArena) -> [ConstantID] {
    var constants: [ConstantID] = []
    var seen: Set<Term> = []
    var pending = terms
    while let term = pending.popLast() {
      guard seen.insert(term).inserted else { continue }
      switch arena.view(term) {
      case .constant(let constant): constants.append(constant)
      case .literal(let family, _):
        let family = literals[family]
        pending += [family.type, family.zero, family.successor]
      case .sort, .variable: break
      case .local(_, let type): pending.append(type)
      case .application(let function, let argument): pending += [function, argument]
      case .lambda(let domain, let body), .pi(let domain, let body): pending += [domain, body]
      case .definition(let type, let value, let body): pending += [type, value, body]
      }
    }
    return constants
  }
}
