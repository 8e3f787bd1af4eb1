import Conjecturing
import Kernel
import Probability
import Proving

/// Weights that depend on all that a network sees, and look random.
struct RandomNetwork: ChoiceModel {
  let seed: UInt64
  /// Spread of the logits.
  var scale: Float = 3

  func logWeights(_ batch: [ConjectureQuery], optionCounts: [Int]) -> [[Float]] {
    batch.map { query in
      var prefix = mix(seed)
      for token in query.tokens { prefix = mix(prefix ^ code(token)) }
      return query.options.map { option in
        scale * Float(mix(prefix ^ code(option)) >> 40) / Float(1 << 24)
      }
    }
  }

  private func code(_ token: TermToken) -> UInt64 {
    switch token {
    case .pi: 1
    case .lambda: 2
    case .sort(let sort): 3 + UInt64(sort.rawValue)
    case .constant(let constant): 1_000 + UInt64(constant.index)
    case .variable(let level): 2_000_000 + UInt64(level)
    case .digit(let digit): 100 + UInt64(digit)
    case .partial(let count): 200 + UInt64(count)
    }
  }

  private func mix(_ value: UInt64) -> UInt64 {
    var h = value &+ 0x9E37_79B9_7F4A_7C15
    h = (h ^ (h >> 30)) &* 0xBF58_476D_1CE4_E5B9
    h = (h ^ (h >> 27)) &* 0x94D0_49BB_1331_11EB
    return h ^ (h >> 31)
  }
}
