public import Parallel
public import Probability
public import Randomness

/// How statements are posed.
public struct PosingOptions: Sendable, Hashable {
  /// The greatest number of tokens of a conjecture.
  public var lengthLimit: Int
  /// How often a slot draws again after a duplicate or a trivial statement.
  public var redraws: Int
  /// Whether trivial statements are drawn again.
  public var redrawsTrivial: Bool
  /// How many processes run at the same time.
  public var width: Int
  /// Whether each draw has its own limit, uniform from the shortest statement to `lengthLimit`.
  ///
  /// Under random weights most statements grow to their limit: this spreads their lengths.
  public var spreadsLengths: Bool

  public init(
    lengthLimit: Int = ConjectureProcess.defaultLengthLimit, redraws: Int = 8,
    redrawsTrivial: Bool = true, width: Int = 256, spreadsLengths: Bool = false
  ) {
    self.lengthLimit = lengthLimit
    self.spreadsLengths = spreadsLengths
    self.redraws = redraws
    self.redrawsTrivial = redrawsTrivial
    self.width = width
  }
}

/// A conjecture that was posed.
public struct PosedConjecture: Sendable {
  /// The slot that drew it.
  public let slot: Int
  public let conjecture: Conjecture
  /// Of the draw, under the model: what a replay gives.
  public let logProbability: Double
  /// The limit of the draw; a replay needs it.
  public let lengthLimit: Int
  public let triviality: Triviality?
  /// Draws of the slot, this one included.
  public let draws: Int
}

/// The conjectures of one call, all distinct, in the order of their slots.
public struct PosedBatch: Sendable {
  public internal(set) var conjectures: [PosedConjecture] = []
  /// Slots that found nothing new.
  public internal(set) var emptySlots: [Int] = []
  /// All conjectures drawn.
  public internal(set) var drawn = 0
  /// Draws that had been posed before, in this batch or earlier.
  public internal(set) var duplicates = 0
  /// Trivial draws that were drawn again.
  public internal(set) var trivialRedrawn = 0
}

/// Poses up to `count` distinct conjectures, none of them among `earlier`.
///
/// Each slot draws; then slots are looked at in order. A slot whose draw was posed before or is
/// trivial draws again, `options.redraws` times at most. After that it keeps what it drew last if
/// that is new, trivial or not, and stays empty if it is a duplicate. What comes out depends on the
/// key and the model alone, not on the width or the threads.
///
/// - Parameter limit: the length limit of each draw, by the draw's key; as `options` say if nil.
/// - Throws: What the model throws.
public func pose(
  _ count: Int, grammar: ConjectureGrammar, model: some ChoiceModel<ConjectureQuery>,
  key: RandomKey, excluding earlier: Set<Conjecture> = [],
  options: PosingOptions = PosingOptions(), limit: ((RandomKey) -> Int)? = nil,
  pool: WorkerPool? = nil
) throws -> PosedBatch {
  precondition(count >= 0, "cannot pose \(count) conjectures")
  let arena = grammar.makeArena()
  var batch = PosedBatch()
  var posed: Set<Conjecture> = []
  var waiting = Array(0..<count)
  for attempt in 0...max(0, options.redraws) where !waiting.isEmpty {
    let isLast = attempt == max(0, options.redraws)
    let keys = waiting.map { key.child("slot", $0).child("draw", attempt) }
    let processes = zip(waiting, keys).map { slot, key in
      let key = key.child("limit")
      let limit = limit?(key) ?? grammar.lengthLimit(options, key: key)
      return ConjectureProcess(grammar: grammar, lengthLimit: limit, slot: slot)
    }
    let samples = try sample(
      processes, from: model, keys: keys, width: options.width, pool: pool)
    var again: [Int] = []
    for (process, sample) in zip(processes, samples) {
      let slot = process.slot
      guard let conjecture = sample.outcome else {
        batch.emptySlots.append(slot)
        continue
      }
      batch.drawn += 1
      if posed.contains(conjecture) || earlier.contains(conjecture) {
        batch.duplicates += 1
        if isLast { batch.emptySlots.append(slot) } else { again.append(slot) }
        continue
      }
      let triviality = Triviality(of: conjecture.statement(in: arena), in: arena)
      if triviality != nil, options.redrawsTrivial, !isLast {
        batch.trivialRedrawn += 1
        again.append(slot)
        continue
      }
      posed.insert(conjecture)
      batch.conjectures.append(
        PosedConjecture(
          slot: slot, conjecture: conjecture, logProbability: sample.logProbability,
          lengthLimit: process.lengthLimit, triviality: triviality, draws: attempt + 1))
    }
    waiting = again
  }
  batch.conjectures.sort { $0.slot < $1.slot }
  batch.emptySlots.sort()
  return batch
}

extension ConjectureGrammar {
  fileprivate func lengthLimit(_ options: PosingOptions, key: RandomKey) -> Int {
    guard options.spreadsLengths, let shortest = shortestStatement,
      shortest < options.lengthLimit
    else { return options.lengthLimit }
    var stream = key.stream()
    return shortest + stream.uniform(below: options.lengthLimit - shortest + 1)
  }
}
