import Conjecturing
import Layers
import Parallel
import Probability
import Proving
import Synchronization
import Tensor

/// The transformer as a language model of conjectures, asked for one difficulty.
///
/// Slots are decoded incrementally: each keeps the keys and values of its tokens, so that a query
/// computes only those that came since the slot's last one. A query of anything else starts anew;
/// the answers have the same bits.
final class ConjectureModel: ChoiceModel {
  typealias Query = ConjectureQuery

  private let vocabulary: Vocabulary
  private let prompt: Int32
  private let pool: WorkerPool
  private let makeSlots: @Sendable () -> DecodedSlots
  /// Neighboring slots are one group, which one worker decodes in lockstep.
  private let groups = Mutex<[DecodedSlots]>([])

  /// - Parameter lengthLimit: tokens of a conjecture, at most.
  init(
    _ transformer: Transformer, vocabulary: Vocabulary, difficulty: Difficulty, lengthLimit: Int,
    pool: WorkerPool
  ) {
    self.vocabulary = vocabulary
    prompt = vocabulary.id(difficulty.prompt)
    self.pool = pool
    makeSlots = {
      DecodedSlots(transformer, count: ConjectureModel.groupSize, capacity: lengthLimit + 1)
    }
  }

  private static let groupSize = 32

  func logWeights(_ batch: [ConjectureQuery], optionCounts: [Int]) -> [[Float]] {
    groups.withLock { groups in
      var members: [Int: [Int]] = [:]
      for (index, query) in batch.enumerated() {
        members[query.slot / ConjectureModel.groupSize, default: []].append(index)
      }
      let asked = members.keys.sorted()
      while groups.count <= asked.last ?? -1 { groups.append(makeSlots()) }
      let requests = asked.map { group in
        (members[group] ?? []).map { index in
          DecodedSlots.Request(
            index: index, slot: batch[index].slot % ConjectureModel.groupSize,
            tokens: [prompt] + batch[index].tokens.map(vocabulary.id),
            options: batch[index].options.map(vocabulary.id))
        }
      }
      let answers = pool.update(&groups, at: asked) { position, group in
        group.answer(requests[position])
      }
      var rows = [[Float]](repeating: [], count: batch.count)
      for (index, row) in answers.joined() { rows[index] = row }
      return rows
    }
  }
}

/// Sequences that grow in lockstep, with what was computed of them.
private struct DecodedSlots: Sendable {
  struct Request {
    /// The place of the query in its batch.
    let index: Int
    let slot: Int
    let tokens: [Int32]
    let options: [Int32]
  }

  private var session: DecodingSession
  /// The tokens that each slot holds.
  private var held: [[Int32]]

  init(_ transformer: Transformer, count: Int, capacity: Int) {
    session = DecodingSession(transformer, slots: count, capacity: capacity)
    held = Array(repeating: [], count: count)
  }

  /// The logits of the options of each request, by the request's index.
  mutating func answer(_ requests: [Request]) -> [(index: Int, logits: [Float])] {
    var answers: [(index: Int, logits: [Float])] = []
    var rest = requests
    while !rest.isEmpty {
      // Slots answer one request at a time.
      var isBusy = Array(repeating: false, count: held.count)
      var turn: [Request] = []
      var later: [Request] = []
      for request in rest {
        if isBusy[request.slot] { later.append(request) } else { turn.append(request) }
        isBusy[request.slot] = true
      }
      answer(turn, into: &answers)
      rest = later
    }
    return answers
  }

  /// Feeds what the requests have beyond what their slots, which are distinct, hold.
  private mutating func answer(
    _ requests: [Request], into answers: inout [(index: Int, logits: [Float])]
  ) {
    for request in requests {
      let known = held[request.slot]
      if known.count < request.tokens.count && request.tokens.starts(with: known) { continue }
      session.reset(request.slot)
      held[request.slot] = []
    }
    var behind = requests
    while !behind.isEmpty {
      let logits = session.feed(
        behind.map { ($0.slot, $0.tokens[held[$0.slot].count]) })
      for (row, request) in behind.enumerated() {
        held[request.slot].append(request.tokens[held[request.slot].count])
        if held[request.slot].count == request.tokens.count {
          answers.append((request.index, request.options.map { logits[row, Int($0)] }))
        }
      }
      behind = behind.filter { held[$0.slot].count < $0.tokens.count }
    }
  }
}
