import Randomness
import Verdicts

/// What was counted.
struct Counts {
  var cases = 0
  var original = 0
  var mutants = 0
  var mutantsRefused = 0
  /// Changed, and right nevertheless: by both verdicts.
  var mutantsAccepted = 0
  var limits = 0
  var disagreements = 0

  var json: String {
    "{\"cases\": \(cases), \"original\": \(original), \"mutants\": \(mutants), "
      + "\"mutants refused\": \(mutantsRefused), \"mutants accepted\": \(mutantsAccepted), "
      + "\"limits\": \(limits), \"disagreements\": \(disagreements)}"
  }
}

/// Makes cases and compares verdicts.
struct Trial {
  let seeds: [Draft]
  var counts = Counts()
  var failures = 0
  /// Cases, refusals and limits of each mutation.
  private var byMutation: [(cases: Int, refused: Int, limits: Int)]
  private var judge = KernelJudge(steps: 500_000)
  /// Of one theory: the case that is being looked at.
  private var number = 0
  private var key = RandomKey(seed: 0)
  private var isReplay = false
  private var reported: [String: Int] = [:]

  init(seeds: [Draft]) {
    self.seeds = seeds
    byMutation = Mutation.allCases.map { _ in (0, 0, 0) }
  }

  var table: String {
    var lines = ["mutation           cases  refused  limits"]
    for (mutation, row) in zip(Mutation.allCases, byMutation) {
      func column(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: " ", count: max(0, width - text.count)) + text
      }
      let name = mutation.rawValue
      lines.append(
        name + String(repeating: " ", count: 17 - name.count) + column(row.cases, 7)
          + column(row.refused, 9) + column(row.limits, 8))
    }
    return lines.joined(separator: "\n")
  }

  /// All cases of one key: theorems of a random theory or a certificate from a search, as they are
  /// and changed.
  mutating func run(_ key: RandomKey, isReplay: Bool) {
    (self.key, self.isReplay, number) = (key, isReplay, 0)
    var random = key.stream()
    if !seeds.isEmpty, random.uniform() < 0.3 {
      let draft = seeds[random.uniform(below: seeds.count)]
      judgeOriginal(draft, &random)
      for _ in 0..<30 { judgeMutant(draft, &random) }
      return
    }
    let theory = DraftTheory(&random)
    let base = Draft(theory)
    for _ in 0..<12 {
      var generator = TermGenerator(theory: theory)
      let fuel = 2 + random.uniform(below: 4)
      guard let (proof, statement) = generator.proof([], fuel: fuel, &random),
        proof.size + statement.size < 600
      else { continue }
      var draft = base
      draft.state(statement, proof: proof)
      judgeOriginal(draft, &random)
      for _ in 0..<10 { judgeMutant(draft, &random) }
    }
  }

  private mutating func judgeOriginal(_ draft: Draft, _ random: inout RandomStream) {
    let text = Array(draft.text.utf8)
    let (first, second) = compare(text, "original", draft, &random)
    counts.original += 1
    guard first == .limit || second == .limit || first.isAccepted && second.isAccepted else {
      report("a certificate that is right was refused", text, first, second)
      return
    }
    if case .accepted(let axioms) = first, axioms != draft.axioms {
      report("the axioms are \(draft.axioms)", text, first, second)
    }
  }

  private mutating func judgeMutant(_ original: Draft, _ random: inout RandomStream) {
    var draft = original
    var mutation = Mutation.allCases[0]
    // One change, seldom several.
    let wanted = random.uniform() < 0.8 ? 1 : 2 + random.uniform(below: 3)
    var changes = 0
    for _ in 0..<4 * wanted where changes < wanted {
      mutation = Mutation.allCases[random.uniform(below: Mutation.allCases.count)]
      if draft.apply(mutation, &random) { changes += 1 }
    }
    if changes == 0 { return }
    if mutation != .axioms, random.uniform() < 0.9 { draft.axioms = draft.dependencies() }
    var text = Array(draft.text.utf8)
    if mutation == .hash { text = Array(draft.text(hash: forged(original, &random)).utf8) }
    if mutation == .text { damage(&text, &random) }
    let (first, second) = compare(text, mutation.rawValue, draft, &random)
    counts.mutants += 1
    let index = Mutation.allCases.firstIndex(of: mutation)!
    byMutation[index].cases += 1
    if first == .limit || second == .limit {
      byMutation[index].limits += 1
    } else if first.isAccepted {
      counts.mutantsAccepted += 1
    } else {
      counts.mutantsRefused += 1
      byMutation[index].refused += 1
    }
    if changes == 1, mutation.keepsMeaning, !first.isAccepted, first != .limit {
      report("a change without meaning was refused", text, first, second)
    }
    if changes == 1, mutation == .hash, first.isAccepted {
      report("a forged hash was accepted", text, first, second)
    }
    if first.isAccepted, case .accepted(let axioms) = first, mutation != .text,
      axioms != draft.dependencies()
    {
      report("the axioms are \(draft.dependencies())", text, first, second)
    }
  }

  private func forged(_ draft: Draft, _ random: inout RandomStream) -> String {
    let digits = Array("0123456789abcdef")
    return String((0..<64).map { _ in digits[random.uniform(below: 16)] })
  }

  /// Changes a byte, a space or a line of the text, without mending the hash.
  private func damage(_ text: inout [UInt8], _ random: inout RandomStream) {
    let place = random.uniform(below: text.count)
    switch random.uniform(below: 6) {
    case 0: text.remove(at: place)
    case 1: text.insert([10, 32, 48, 65, 0, 195][random.uniform(below: 6)], at: place)
    case 2: text[place] = UInt8(truncatingIfNeeded: random.next())
    case 3: text.removeLast(1 + random.uniform(below: min(40, text.count - 1)))
    case 4: text += Array("end\n".utf8)
    default:
      let end = text[place...].firstIndex(of: 10) ?? place
      text.insert(contentsOf: text[place...end], at: place)
    }
  }

  private mutating func compare(
    _ text: [UInt8], _ name: String, _ draft: Draft, _ random: inout RandomStream
  ) -> (Verdict, Verdict) {
    number += 1
    counts.cases += 1
    let first = judge.verdict(text, reusingTheory: random.uniform() < 0.5)
    let second = recheckVerdict(text, steps: 500_000)
    if first == .limit || second == .limit { counts.limits += 1 }
    if !first.agrees(with: second) {
      counts.disagreements += 1
      let small = name == "text" ? text : Array(smallest(draft).text.utf8)
      report("the checkers disagree after '\(name)'", small, first, second)
    }
    if isReplay { print("case \(number), \(name): \(first), \(second)") }
    return (first, second)
  }

  /// The draft without the lines that the disagreement does not need.
  private func smallest(_ draft: Draft) -> Draft {
    func disagrees(_ draft: Draft) -> Bool {
      var judge = KernelJudge(steps: 500_000)
      let text = Array(draft.text.utf8)
      return !judge.verdict(text, reusingTheory: false).agrees(
        with: recheckVerdict(text, steps: 500_000))
    }
    var best = draft
    guard disagrees(best) else { return best }
    var isShrinking = true
    while isShrinking {
      isShrinking = false
      for place in best.entries.indices.reversed() {
        var smaller = best
        smaller.removeLine(place)
        for axioms in [smaller.dependencies(), smaller.axioms] {
          smaller.axioms = axioms
          if disagrees(smaller) {
            (best, isShrinking) = (smaller, true)
            break
          }
        }
      }
    }
    return best
  }

  private mutating func report(
    _ problem: String, _ text: [UInt8], _ first: Verdict, _ second: Verdict
  ) {
    failures += 1
    // One of a kind is enough.
    let kind = "\(problem) \(first.isAccepted) \(second.reasonWithoutLine)"
    reported[kind, default: 0] += 1
    if reported[kind]! > 2 { return }
    print("\(problem)\n  kernel: \(first)\n  recheck: \(second)")
    print("  replay: --replay \(key), case \(number)")
    print(String(decoding: text, as: UTF8.self))
  }
}

extension Verdict {
  /// What was said, without the place.
  fileprivate var reasonWithoutLine: Substring {
    guard case .refused(let reason) = self else { return "" }
    return reason.drop { $0 != ":" }
  }
}
