import Kernel

/// An operation on numerals that two axioms define by recursion on its second argument.
struct NumeralRecursion {
  let atZero: ConstantID
  let atSuccessor: ConstantID
  let head: Term
  let family: Int
  /// The right side at zero, where variable 0 is the first argument.
  let zeroBody: Term
  /// The right side at a successor, where variable 1 is the first argument and variable 0 the
  /// number before the second.
  let successorBody: Term
  /// Whether conversion computes the operation.
  let computes: Bool
}

extension Theory {
  /// The operations that two of `axioms` define by recursion, each with the first such pair, in
  /// order of declaration; names play no part.
  ///
  /// What is a recursion the kernel decides, as for `#computable`.
  func recursions(among axioms: [ConstantID], in arena: TermArena) -> [NumeralRecursion] {
    var found = computables.map { NumeralRecursion($0, computes: true) { $0 } }
    if literals.isEmpty { return found }
    // The operation that an equation is about, and over how many variables.
    var equations: [(axiom: ConstantID, operation: ConstantID, variables: Int)] = []
    for axiom in axioms {
      var (statement, variables) = (self[axiom].type, 0)
      while case .pi(_, let body) = arena.view(statement) {
        statement = body
        variables += 1
      }
      guard (1...2).contains(variables), let sides = arena.equalitySides(statement),
        case .constant(let operation) = arena.view(Term(id: arena.node(sides.left).head)),
        !computables.contains(where: { $0.operation == operation })
      else { continue }
      equations.append((axiom, operation, variables))
    }
    for operation in declarations.indices.map({ ConstantID($0) }) {
      let own = equations.filter { $0.operation == operation }
      pairs: for zero in own where zero.variables == 1 {
        for successor in own where successor.variables == 2 {
          var builder = TheoryBuilder(extending: self)
          do {
            try builder.addComputable(
              operation: operation, atZero: zero.axiom, atSuccessor: successor.axiom)
          } catch {
            continue
          }
          let shared = arena.frozenCount
          found.append(
            NumeralRecursion(builder.theory.computables.last!, computes: false) {
              arena.copy($0, from: builder.arena, sharing: shared)
            })
          break pairs
        }
      }
    }
    return found
  }
}

extension NumeralRecursion {
  fileprivate init(
    _ operation: ComputableOperation, computes: Bool, copy: (Term) -> Term
  ) {
    self.init(
      atZero: operation.atZero, atSuccessor: operation.atSuccessor, head: copy(operation.head),
      family: operation.family, zeroBody: copy(operation.zeroBody),
      successorBody: copy(operation.successorBody), computes: computes)
  }
}
