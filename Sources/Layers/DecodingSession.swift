public import Tensor

/// Incremental decoding of many sequences in lockstep, each with its keys and values cached.
///
/// A sequence fed token by token yields the bits that evaluating it whole would.
public struct DecodingSession: Sendable {
  private let transformer: Transformer
  /// [layers, slots, size of a slot]; what no token was stored in is not read.
  private var caches: Tensor
  /// How many tokens each slot holds.
  public private(set) var lengths: [Int]
  /// How many tokens a slot can hold.
  public let capacity: Int

  /// A session of empty slots.
  ///
  /// - Parameter capacity: how many tokens a slot can hold; by default, and at most, the context.
  public init(_ transformer: Transformer, slots: Int, capacity: Int? = nil) {
    precondition(slots > 0, "a session of \(slots) slots")
    let configuration = transformer.configuration
    let capacity = capacity ?? configuration.context
    precondition(
      (1...configuration.context).contains(capacity),
      "slots of \(capacity) tokens; the context has \(configuration.context)")
    self.capacity = capacity
    self.transformer = transformer
    let size = SlotPanels.size(
      heads: configuration.heads, headWidth: configuration.headWidth, capacity: capacity)
    caches = Tensor(uninitialized: [configuration.layers, slots, size]) { _ in }
    lengths = Array(repeating: 0, count: slots)
  }

  /// Empties a slot for another sequence.
  public mutating func reset(_ slot: Int) {
    precondition(lengths.indices.contains(slot), "slot \(slot) of \(lengths.count)")
    lengths[slot] = 0
  }

  /// Appends one token to each of the given slots, which are distinct.
  ///
  /// - Returns: the logits of what follows, [tokens.count, vocabulary], in the given order.
  public mutating func feed(_ tokens: [(slot: Int, token: Int32)]) -> Tensor {
    let configuration = transformer.configuration, parameters = transformer.parameters
    guard !tokens.isEmpty else { return Tensor(zeros: [0, configuration.vocabulary]) }
    let positions = advance(tokens)
    let slots = tokens.map { Int32($0.slot) }, visible = positions.map { $0 + 1 }
    var inputs = GraphInputs(
      tokens: tokens.map(\.token), positions: positions, parameters: parameters)
    let count = lengths.count, capacity = capacity
    let plan = transformer.bound.plan(for: .decoding, parameters)
    return caches.withMutablePointer { memory in
      let panels = SlotPanels(
        memory: memory, slots: count, heads: configuration.heads,
        headWidth: configuration.headWidth, capacity: capacity)
      inputs.step = DecodingStep(slots: slots, visible: visible, caches: .panels(panels))
      return plan.run(inputs)[0]
    }
  }

  /// Checks the tokens and makes room for them.
  private mutating func advance(_ tokens: [(slot: Int, token: Int32)]) -> [Int32] {
    let configuration = transformer.configuration
    var isFed = Array(repeating: false, count: lengths.count)
    return tokens.map { slot, token in
      precondition(lengths.indices.contains(slot), "slot \(slot) of \(lengths.count)")
      precondition(!isFed[slot], "slot \(slot) is fed two tokens at once")
      precondition(
        token >= 0 && Int(token) < configuration.vocabulary,
        "token \(token) for slot \(slot); the vocabulary has \(configuration.vocabulary)")
      precondition(
        lengths[slot] < capacity, "slot \(slot) is full: it holds \(capacity) tokens")
      isFed[slot] = true
      defer { lengths[slot] += 1 }
      return Int32(lengths[slot])
    }
  }
}
