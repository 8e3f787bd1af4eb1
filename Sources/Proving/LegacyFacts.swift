import Kernel
import PeanoSyntax

/// The propositions of a theory that are no arrows, with the constants that prove them: in the
/// original's scripts they are in sight from the start.
struct LegacyFacts {
  private(set) var entries: [ContextEntry] = []
  private var seen = 0

  /// Takes in what the theory has gained.
  mutating func update(_ builder: TheoryBuilder) {
    let (theory, arena) = (builder.theory, builder.arena)
    var checker = Checker(theory: theory, arena: arena)
    while seen < theory.declarations.count {
      let declaration = theory.declarations[seen]
      defer { seen += 1 }
      switch declaration.role {
      case .assumption, .theorem: break
      case .primitive, .definition: continue
      }
      guard arena.node(declaration.type).tag != .pi,
        (try? checker.sort(of: declaration.type)) == .prop
      else { continue }
      let type = arena.betaNormalize(theory.unfold(declaration.type, in: arena))
      if arena.node(type).tag == .pi { continue }
      entries.append(
        ContextEntry(
          kind: .fact, term: arena.constant(ConstantID(seen)), type: type, justification: nil))
    }
  }
}
