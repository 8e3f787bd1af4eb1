import Recheck
import Testing

struct LimitTests {
  /// `P → … → P`, proved by nested functions; statement and proof are both so many levels high.
  private func nested(_ levels: Int) -> String {
    let arrows = (0..<levels - 1).map { "\($0 + 2) forall 1 \($0 + 1)" }
    let first = levels + 1
    let functions = (1..<levels).map { "\(first + $0) lambda 1 \(first + $0 - 1)" }
    return certificate(
      theory: ["0 sort prop", "assume P 0", "1 constant P"],
      body: arrows + ["\(first) bound 0"] + functions
        + ["axioms P", "statement \(levels)", "proof \(2 * levels)", "end"])
  }

  @Test func heightOfATerm() {
    #expect(verdict(nested(10_000)).accepted?.axioms == ["P"])
    for levels in [10_001, 100_000, 1_000_000] {
      let verdict = verdict(nested(levels))
      #expect(verdict.reason == .limit)
      // Two lines of header, five of the theory, and 9,999 arrows that are still allowed.
      #expect(verdict.line == 7 + 10_000)
    }
  }

  @Test func declarations() {
    func text(_ count: Int) -> String {
      certificate(
        theory: ["0 sort prop"] + (0..<count).map { "assume a\($0) 0" },
        body: ["1 bound 0", "2 bound 1", "3 forall 1 2", "4 forall 0 3", "5 lambda 1 1"]
          + ["6 lambda 0 5", "axioms", "statement 4", "proof 6", "end"])
    }
    #expect(verdict(text(10_000)).accepted != nil)
    #expect(verdict(text(10_001)).reason == .limit)
  }

  @Test func nodes() {
    let good = Corpus.named("identity").split(separator: "\n").map(String.init)
    let body = Array(good[4..<good.count - 4])
    func text(_ count: Int) -> String {
      certificate(
        theory: [], body: body + (body.count..<count).map { "\($0) sort prop" } + good.suffix(4))
    }
    #expect(verdict(text(100_000)).accepted?.nodeCount == 100_000)
    #expect(verdict(text(4_000_001)).reason == .limit)
  }

  @Test func bytes() {
    let good = Corpus.named("identity")
    let long = good.dropLast(4) + String(repeating: "x", count: 64 << 20)
    #expect(verdict(String(long)).reason == .limit)
  }

  @Test func steps() throws {
    let text = Array(Corpus.named("induction").utf8)
    let steps = try #require(verdict(text).accepted?.steps)
    #expect(verdict(text, stepLimit: steps).accepted != nil)
    for limit in stride(from: 0, to: steps / 2, by: 7) {
      #expect(verdict(text, stepLimit: limit).reason == .limit)
    }
  }

  /// Terms whose trees have 2⁶⁰ leaves are checked node by node.
  @Test(arguments: ["sharing", "sharing-computed"])
  func sharedTermsAreNotExpanded(name: String) throws {
    #expect(try #require(verdict(Corpus.named(name)).accepted).steps < 10_000)
  }
}
