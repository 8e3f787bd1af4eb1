// # A language model on a leash
//
// A language model writes word by word. We want sentences of exactly 18 letters, and we want them
// as the model would write them if it knew: in proportion to their probability among all sentences
// of that length. Three ways to ask for that, of which one is wrong.
//
// Run it with `make build && .build/release/SteeredDecoder [picture.svg]`.

import Glibc
import Minimo
import Probability

// ## 1. A language model
//
// The smallest one there is: which word follows which, counted in a few sentences.

let text = """
  the cat sat on the mat . the dog sat on the log . a cat saw the dog . the dog saw a bird .
  a bird sang in the tree . the cat ran up the tree . the old dog ran to the mat .
  an old cat sat in the sun . the bird sang and the cat ran . a dog and a cat sat on the log .
  """

struct Bigrams: ChoiceModel {
  let words: [String]
  private let logWeights: [String: [Float]]

  init(_ text: String) {
    let tokens = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let words = Set(tokens).sorted()
    self.words = words
    var counts: [String: [String: Int]] = [:]
    for (word, next) in zip(["."] + tokens, tokens) {
      counts[word, default: [:]][next, default: 0] += 1
    }
    logWeights = counts.mapValues { row in words.map { log(Float(row[$0] ?? 0)) } }
  }

  func logWeights(_ batch: [String], optionCounts: [Int]) -> [[Float]] {
    batch.map { logWeights[$0] ?? [] }
  }
}

let model = Bigrams(text)

// ## 2. A process and a potential
//
// The process knows what a sentence is: words until a full stop. The potential knows what we want
// of it. While a sentence is unfinished it says no more than "not too long yet".

struct Sentence: ChoiceProcess {
  let words: [String]
  var written: [String] = []
  var letters = 0

  var status: Status<String, [String]> {
    if written.last == "." { return .done(written) }
    return .choose(written.last ?? ".", optionCount: words.count)
  }

  mutating func take(_ option: Int) {
    written.append(words[option])
    if words[option] != "." { letters += words[option].count }
  }
}

let length = 18
let fits = Condition<Sentence> { sentence in
  sentence.written.last == "." ? sentence.letters == length : sentence.letters <= length
}
let start = Sentence(words: model.words)

// ## 3. The truth
//
// This language is small enough to list every sentence of at most 18 letters. A history that is too
// long ends here, as one dead end for all.

struct Cut: ChoiceProcess {
  var sentence: Sentence

  var status: Status<String, [String]> {
    sentence.letters > length ? .stuck : sentence.status
  }

  mutating func take(_ option: Int) { sentence.take(option) }
}

let all = try enumerate(Cut(sentence: start), under: model, mergingBy: { $0 })
let wanted = all.outcomes.filter { outcome in
  outcome.outcome.reduce(0) { $0 + ($1 == "." ? 0 : $1.count) } == length
}
let logZ = LogWeight.sum(wanted.map(\.logProbability))
let truth = Dictionary(
  uniqueKeysWithValues: wanted.map { ($0.outcome, exp($0.logProbability - logZ)) })
print("\(all.outcomes.count) sentences have at most \(length) letters, \(wanted.count) exactly.")
print("One in \(Int(1 / exp(logZ))) that the model writes is of them.\n")
let likeliest = truth.sorted {
  ($1.value, $0.key.joined()) < ($0.value, $1.key.joined())
}.prefix(4)
print("The likeliest:")
for (words, probability) in likeliest {
  print("  \(probability.fixed(3))  \(words.joined(separator: " "))")
}

// ## 4. Three ways
//
// *Masking*: never take a word that the potential forbids, and forget how much was forbidden. Every
// sentence fits or is a dead end, but those that were easy to finish are too many.
//
// *Steering*: many sentences at once, each with a weight for what was forbidden on its way, and
// those with little weight replaced by copies of others.
//
// *Without replacement*: follow all words of all sentences, keep the best few for certain and some
// of the rest by lot, so that no sentence is there twice.
//
// The distance of a sampled distribution from the truth is half the sum of the absolute differences
// (total variation): 0 is perfect, 1 is nothing in common. Averages over repeats tell bias from
// noise: noise averages out.

func distance(_ steering: Steering, repeats: Int, forgetting: Bool = false) throws -> Double {
  var sums: [[String]: Double] = [:]
  var total = 0.0
  for number in 0..<repeats {
    let posterior = try steering.run(
      start, model: model, potential: fits, key: RandomKey(seed: 1).child("repeat", number))
    if posterior.particles.isEmpty { continue }
    // An estimate is as good as its evidence is large; masking forgets that too.
    let weight =
      forgetting ? 1 : exp(posterior.logEvidence - logZ)
    for particle in posterior.particles {
      sums[particle.value, default: 0] += weight * exp(particle.logWeight)
    }
    total += weight
  }
  let missing = truth.reduce(0) { $0 + (sums[$1.key] == nil ? $1.value : 0) }
  return
    (missing
    + sums.reduce(0) { $0 + abs($1.value / total - (truth[$1.key] ?? 0)) }) / 2
}

var figure = Figure(
  "Sentences of exactly \(length) letters: how far from the truth", x: "sentences drawn",
  y: "total variation distance", xScale: .logarithmic, yScale: .logarithmic)
let budget = [64, 256, 1024, 4096, 16384]
var curves: [(name: String, values: [Double])] = []
for (name, particles, resampling, forgetting) in [
  ("masking", 1, Resampling.systematic, true),
  ("steering, 64 at once", 64, .systematic, false),
  ("without replacement, 64 at once", 64, .optimal(expansion: 1), false),
] {
  let steering = Steering(particles: particles, resampling: resampling)
  let values = try budget.map {
    try distance(steering, repeats: $0 / particles, forgetting: forgetting)
  }
  figure.line(name, zip(budget, values).map { (Double($0), $1) })
  curves.append((name, values))
}
print("\nDistance from the truth after \(budget) sentences:")
for (name, values) in curves {
  print("  \(values.map { $0.fixed(3) }.joined(separator: "  "))  \(name)")
}

// ## 5. When asking is expensive
//
// A parser or a proof checker cannot be asked about every word. Rejection asks about a few, and
// corrects for the others without bias.

for sampler in [OptionSampler.masked, .rejection(checks: 2)] {
  let posterior = try Steering(particles: 256, sampler: sampler)
    .run(start, model: model, potential: fits, key: RandomKey(seed: 2))
  let best = posterior.particles.max { $0.logWeight < $1.logWeight }
  print("\n\(sampler): log evidence \(posterior.logEvidence.fixed(2)), exactly \(logZ.fixed(2))")
  print("  such as: \(best?.value.joined(separator: " ") ?? "nothing")")
}

let picture = CommandLine.arguments.dropFirst().first ?? "steered-decoder.svg"
try figure.write(to: picture)
print("\nThe picture is in \(picture).")
