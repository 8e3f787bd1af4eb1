public import Probability
public import Proving

/// What a model sees when a token of a conjecture is chosen.
public struct ConjectureQuery: Sendable {
  /// The tokens so far.
  public let tokens: [TermToken]
  /// The tokens that may come next, in the order of the process's options.
  public let options: [TermToken]
  /// The number that the process was given: a model may keep a cache for each.
  public let slot: Int
}

/// Decodes a closed proposition token by token.
///
/// The options are the tokens from which a proposition of the grammar can still be finished within
/// the length limit: whatever is chosen, the process ends with a conjecture, which is never longer,
/// and never ill-typed. The same holds the other way: each conjecture within the limit has a
/// positive probability under any positive weights. (In theories with type families both rest on a
/// search; where its budget does not suffice, tokens may be withheld, but some are always left.)
///
/// It is stuck only at the start, if the theory has no statement that short.
public struct ConjectureProcess: ChoiceProcess {
  public static let defaultLengthLimit = 40

  public let grammar: ConjectureGrammar
  /// The greatest number of tokens of the conjecture.
  public let lengthLimit: Int
  public let slot: Int
  /// The tokens chosen so far.
  public private(set) var tokens: [TermToken] = []
  /// The tokens that may come next.
  public private(set) var options: [TermToken] = []

  /// More than one only while a function type and a proposition begin alike.
  private var configurations: [Configuration]
  private var scratch: Scratch

  /// - Precondition: `lengthLimit` is at most `ConjectureGrammar.longestStatement`.
  public init(
    grammar: ConjectureGrammar, lengthLimit: Int = ConjectureProcess.defaultLengthLimit,
    slot: Int = 0
  ) {
    precondition(
      (0...ConjectureGrammar.longestStatement).contains(lengthLimit),
      "length limit \(lengthLimit) is not within 0...\(ConjectureGrammar.longestStatement)")
    self.grammar = grammar
    self.lengthLimit = lengthLimit
    self.slot = slot
    scratch = Scratch(grammar, lengthLimit: lengthLimit)
    configurations = [Configuration(expectation: .proposition, costs: grammar.costs.empty)]
    updateOptions()
  }

  public var status: Status<ConjectureQuery, Conjecture> {
    if isComplete { return .done(Conjecture(tokens: tokens, arities: grammar.arities)) }
    if options.isEmpty { return .stuck }
    return .choose(
      ConjectureQuery(tokens: tokens, options: options, slot: slot), optionCount: options.count)
  }

  public mutating func take(_ option: Int) {
    precondition(
      options.indices.contains(option), "option \(option) of \(options.count)")
    if !isKnownUniquelyReferenced(&scratch) { scratch = Scratch(copying: scratch) }
    let token = options[option]
    tokens.append(token)
    if configurations.count == 1 {
      configurations = configurations[0].advanced(by: token, scratch)
    } else {
      configurations = configurations.flatMap { $0.advanced(by: token, scratch) }
    }
    updateOptions()
  }

  /// The options that lead from here to `conjecture`, as a replay wants them.
  ///
  /// Nil if the process would not pose it: it is too long, or not of the grammar.
  public func options(leadingTo conjecture: Conjecture) -> [Int]? {
    guard conjecture.tokens.starts(with: tokens) else { return nil }
    var process = self
    var result: [Int] = []
    for token in conjecture.tokens[tokens.count...] {
      guard let option = process.options.firstIndex(of: token) else { return nil }
      result.append(option)
      process.take(option)
    }
    return process.isComplete ? result : nil
  }

  private var isComplete: Bool {
    configurations.contains { $0.expectation == nil }
  }

  // MARK: Options

  private mutating func updateOptions() {
    options.removeAll()
    if isComplete { return }
    let limit = lengthLimit - tokens.count
    var candidates: [Candidate] = []
    for configuration in configurations {
      candidates = Candidate.merge(candidates, configuration.candidates(within: limit, scratch))
    }
    if grammar.isSimple {
      options = candidates.map(\.token)
    } else {
      options = completable(candidates, within: limit)
    }
  }

  /// The candidates that have a completion.
  private func completable(_ candidates: [Candidate], within limit: Int) -> [TermToken] {
    var budget = 20_000
    while true {
      var result: [TermToken] = []
      var isExhausted = false
      for candidate in candidates {
        var search = CompletionSearch(scratch: scratch, budget: budget)
        let fits = configurations.contains { configuration in
          configuration.advanced(by: candidate.token, scratch)
            .contains { search.fits($0, within: limit - 1) }
        }
        if fits { result.append(candidate.token) }
        isExhausted = isExhausted || search.isExhausted && !fits
      }
      // There is a completion, since the last token was taken; it only takes longer to find. At the
      // start there may be none.
      if !result.isEmpty || !isExhausted || tokens.isEmpty && budget > 1_000_000 { return result }
      budget *= 8
    }
  }
}
