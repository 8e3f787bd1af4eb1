import Glibc
import Probability
import Randomness

/// Strings of the letters 0, 1 and 2 with at most six tokens; token 3 ends them.
struct Sentence: ChoiceProcess {
  static let longest = 6
  var letters: [Int] = []
  var hasEnded = false

  var status: Status<[Int], [Int]> {
    hasEnded || letters.count == Sentence.longest
      ? .done(letters) : .choose(letters, optionCount: 4)
  }

  mutating func take(_ option: Int) {
    if option == 3 { hasEnded = true } else { letters.append(option) }
  }
}

/// A language model whose next token depends on the last two, with fixed random logits.
struct ToyModel: ChoiceModel {
  static func row(_ letters: [Int]) -> [Float] {
    let context = letters.suffix(2).reduce(1) { 4 * $0 + $1 }
    var stream = RandomKey(seed: 20).child("logits", context).stream()
    return (0..<4).map { _ in Float(1.2 * stream.normal()) }
  }

  func logWeights(_ batch: [[Int]], optionCounts: [Int]) -> [[Float]] { batch.map(ToyModel.row) }
}

/// As many ones as twos, and each zero counts: the condition is seen late, the weights early.
struct Balanced: Potential {
  static let zero = 0.4

  func logWeight(of process: Sentence) -> Double {
    let balance = abs(
      process.letters.count { $0 == 1 } - process.letters.count { $0 == 2 })
    let room = process.hasEnded ? 0 : Sentence.longest - process.letters.count
    if balance > room { return -.infinity }
    return Balanced.zero * Double(process.letters.count { $0 == 0 })
  }
}

/// Everything there is to know of the toy language, by listing its sentences.
struct ToyTruth {
  /// Model probability times weight, not normalized, of each balanced sentence.
  var weights: [[Int]: Double] = [:]

  init() { extend([], 1) }

  /// The sum of all weights.
  var evidence: Double { weights.values.reduce(0, +) }

  private mutating func extend(_ letters: [Int], _ probability: Double) {
    if letters.count == Sentence.longest {
      add(letters, probability)
      return
    }
    let row = ToyModel.row(letters).map { exp(Double($0)) }
    let total = row.reduce(0, +)
    add(letters, probability * row[3] / total)
    for letter in 0..<3 { extend(letters + [letter], probability * row[letter] / total) }
  }

  private mutating func add(_ letters: [Int], _ probability: Double) {
    let counts = (0..<3).map { letter in letters.count { $0 == letter } }
    guard counts[1] == counts[2] else { return }
    weights[letters] = probability * exp(Balanced.zero * Double(counts[0]))
  }
}

/// Means of many estimates of the weight of each sentence.
struct EstimateMoments {
  private var sums: [[Int]: (sum: Double, squares: Double)] = [:]
  private var count = 0.0

  mutating func add(_ posterior: Posterior<[Int]>) {
    var estimates: [[Int]: Double] = [:]
    for particle in posterior.particles {
      estimates[particle.value, default: 0] += exp(
        particle.logWeight + posterior.logEvidence)
    }
    for (sentence, estimate) in estimates {
      sums[sentence, default: (0, 0)].sum += estimate
      sums[sentence, default: (0, 0)].squares += estimate * estimate
    }
    count += 1
  }

  /// The largest distance from the truth in standard errors, over sentences with enough data for
  /// a normal limit; infinite if there are estimates of what is excluded.
  func largestScore(_ truth: ToyTruth) -> Double {
    var largest = 0.0
    for (sentence, moments) in sums {
      guard let weight = truth.weights[sentence] else { return .infinity }
      let mean = moments.sum / count
      let variance = moments.squares / count - mean * mean
      guard weight > 0.01 * truth.evidence else { continue }
      largest = max(largest, abs(mean - weight) / (variance / count).squareRoot())
    }
    return largest
  }
}
