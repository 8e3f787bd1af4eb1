import Kernel
import Testing

@testable import Proving

@Suite struct ReplacementTests {
  /// Every occurrence goes, in each kind of term, the whole included; what it left is not searched.
  @Test func replacesAllOccurrences() {
    let arena = TermArena()
    let (f, x) = (arena.constant(ConstantID(3)), arena.variable(0))
    let (old, new) = (arena.local(level: 0, type: .prop), arena.local(level: 1, type: .prop))
    func terms(_ part: Term) -> [Term] {
      [
        part, arena.application(part, part), arena.lambda(part, arena.application(x, part)),
        arena.pi(.prop, arena.application(part, x)),
        arena.definition(type: part, value: arena.application(f, part), body: part),
        arena.application(arena.application(f, .type), arena.pi(part, .prop)),
      ]
    }
    let large = arena.application(f, old)
    for (before, after) in zip(terms(old), terms(new)) {
      #expect(arena.replace(old, by: new, in: before) == after)
      #expect(arena.replace(new, by: old, in: before) == before)
    }
    for (before, after) in zip(terms(large), terms(old)) {
      #expect(arena.replace(large, by: old, in: before) == after)
    }
    #expect(
      arena.replace(old, by: large, in: arena.application(old, f))
        == arena.application(large, f))
  }
}
