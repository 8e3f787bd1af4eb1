import Randomness

/// Draws batches from examples of several iterations, a share of each batch from the newest.
struct ExampleSampler {
  struct Draw {
    var conjectures: [ConjectureExample] = []
    var proofs: [ProofExample] = []
  }

  /// Part of a batch's rows that conjectures fill; the rest is for proofs.
  private static let conjectureShare = 0.25

  private let all: ExampleSet
  private let newest: ExampleSet
  private let settings: Learner.Settings

  init(_ buffer: [ExampleSet], settings: Learner.Settings) {
    var all = ExampleSet()
    for set in buffer {
      all.conjectures += set.conjectures
      all.proofs += set.proofs
    }
    self.all = all
    newest = buffer.last ?? ExampleSet()
    self.settings = settings
  }

  var isEmpty: Bool { all.isEmpty }

  /// One batch, with replacement.
  func draw(key: RandomKey) -> Draw {
    var random = key.stream()
    var draw = Draw()
    let rows = Double(settings.batchRows)
    let conjectureRows =
      all.proofs.isEmpty
      ? rows : all.conjectures.isEmpty ? 0 : rows * ExampleSampler.conjectureShare
    fill(&draw.conjectures, upTo: conjectureRows, newest.conjectures, all.conjectures, &random) {
      example, _ in (example, example.tokens.count + 1)
    }
    fill(&draw.proofs, upTo: rows - conjectureRows, newest.proofs, all.proofs, &random) {
      example, random in
      let reduced = reduce(example, &random)
      return (reduced, reduced.state.count + reduced.options.reduce(0) { $0 + $1.count })
    }
    return draw
  }

  private func fill<Example>(
    _ drawn: inout [Example], upTo rows: Double, _ newest: [Example], _ all: [Example],
    _ random: inout RandomStream, prepare: (Example, inout RandomStream) -> (Example, Int)
  ) {
    var filled = 0
    while Double(filled) < rows, !all.isEmpty {
      let source =
        !newest.isEmpty && random.uniform() < settings.newestShare ? newest : all
      let (example, count) = prepare(source[random.uniform(below: source.count)], &random)
      drawn.append(example)
      filled += count
    }
  }

  /// Leaves out options at random beyond the limit, never the chosen one.
  private func reduce(_ example: ProofExample, _ random: inout RandomStream) -> ProofExample {
    guard let chosen = example.chosen else {
      var reduced = example
      reduced.options = []
      return reduced
    }
    guard example.options.count > settings.optionLimit else { return example }
    var others = example.options.indices.filter { $0 != chosen }
    random.shuffle(&others)
    let kept = (others.prefix(settings.optionLimit - 1) + [chosen]).sorted()
    return ProofExample(
      state: example.state, options: kept.map { example.options[$0] },
      chosen: kept.firstIndex(of: chosen), value: example.value)
  }
}
