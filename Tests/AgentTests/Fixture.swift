import Foundation
import Kernel
import Layers
import Parallel
import PeanoSyntax
import Proving
import Randomness
import Search
import Tensor

@testable import Agent

/// A domain of the repository, or one written in a test, with its action space.
struct Fixture {
  let space: ActionSpace

  static let domains = ["groups", "nat-add", "nat-mul", "propositional-logic", "lattices"]

  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func read(_ path: String) throws -> SourceFile {
    let data = try Data(contentsOf: repository.appending(path: path))
    return SourceFile(path: path, bytes: Array(data))
  }

  init(domain: String) throws { try self.init(Fixture.read("Domains/\(domain).p")) }

  init(_ text: String) throws { try self.init(SourceFile(path: "test.p", text: text)) }

  private init(_ source: SourceFile) throws {
    space = try ActionSpace(try elaborate(try parse(source)))
  }

  /// The textbook statements of a domain, by name.
  func problems(_ domain: String) throws -> [StatementSource] {
    let source = try Fixture.read("Problems/\(domain).p")
    let theory = space.theory
    return try parse(source).items.compactMap { item in
      guard case .theorem(let theorem) = item else { return nil }
      return try StatementSource(
        name: theorem.name.text, theorem.statement, of: source, theory: theory)
    }
  }

  func statement(_ text: String, named name: String = "t") throws -> StatementSource {
    let source = SourceFile(path: "statement", text: text)
    return try StatementSource(
      name: name, try parseTerm(source), of: source, theory: space.theory)
  }

  func term(_ text: String, in arena: TermArena) throws -> Term {
    let source = SourceFile(path: "term", text: text)
    return try elaborate(
      try parseTerm(source), of: source, theory: space.theory, arena: arena)
  }

  /// A network of random weights in which every part matters.
  func transformer(layers: Int = 2, width: Int = 32) -> Transformer {
    var transformer = Transformer(
      configuration: TransformerConfiguration(
        layers: layers, width: width, heads: 2, vocabulary: space.vocabulary.count, context: 512),
      key: RandomKey(seed: 5))
    var stream = RandomKey(seed: 6).stream()
    var parameters = transformer.parameters
    for name in parameters.names {
      let tensor = parameters[name]
      parameters[name] = .init(
        tensor.values.map { $0 + Float(0.1 * stream.normal()) }, shape: tensor.shape)
    }
    transformer.parameters = parameters
    return transformer
  }

  /// Queries as a search asks them.
  func queries(_ domain: String, expansions: Int) throws -> [ProofQuery] {
    var queries: [ProofQuery] = []
    for problem in try problems(domain).prefix(3) {
      let session = ProofSession(space, encodesQueries: true)
      var tree = SearchTree(
        root: ProofState(proving: problem.term(in: session), in: session),
        budget: SearchBudget(expansions: expansions))
      while let pending = tree.nextQuery() {
        queries.append(pending.query)
        tree.expand(
          Evaluation(
            logWeights: [Float](repeating: 0, count: pending.optionCount), value: 0.5))
      }
    }
    return queries
  }
}

extension Transformer {
  /// All weights, bit by bit.
  var bits: [UInt32] {
    parameters.names.flatMap { parameters[$0].values.map(\.bitPattern) }
  }
}

/// Examples that no search made.
struct RandomExamples {
  var vocabulary = 100

  func tokens(_ limit: Int, _ random: inout RandomStream) -> [Int32] {
    (0..<1 + random.uniform(below: limit)).map { _ in Int32(random.uniform(below: vocabulary)) }
  }

  func set(
    conjectures: Int, proofs: Int, theorems: Int, _ random: inout RandomStream
  ) -> ExampleSet {
    var set = ExampleSet()
    for _ in 0..<conjectures {
      set.conjectures.append(
        ConjectureExample(
          difficulty: Difficulty.allCases[random.uniform(below: 3)], tokens: tokens(20, &random)))
    }
    for _ in 0..<proofs {
      if random.uniform() < 0.3 {
        set.proofs.append(
          ProofExample(state: tokens(30, &random), options: [], chosen: nil, value: 0))
        continue
      }
      let options = (0..<1 + random.uniform(below: 12)).map { _ in tokens(6, &random) }
      set.proofs.append(
        ProofExample(
          state: tokens(30, &random), options: options,
          chosen: random.uniform(below: options.count), value: Float(random.uniform())))
    }
    for _ in 0..<theorems { set.theorems.append(tokens(9, &random)) }
    for _ in 0..<random.uniform(below: 4) {
      set.attempts.append(
        Attempt(limit: random.uniform(below: 100), isProved: random.uniform() < 0.5))
    }
    return set
  }
}
