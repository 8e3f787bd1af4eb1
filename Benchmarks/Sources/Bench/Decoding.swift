import Layers
import Parallel
import Randomness
import Tensor

extension Workload {
  /// 32 slots, one token each a step: 32 steps, whose contexts are 113 to 144 tokens long.
  ///
  /// - Parameter pool: each worker has its part of the slots.
  static func decoding(_ model: Case.Model, pool: WorkerPool) -> Workload {
    let slots = 32, steps = 32, first = 112, end = first + steps
    let transformer = model.transformer(context: 256)
    let tokens: [[Int32]] = (0..<slots).map { slot in
      var stream = RandomKey(seed: 3).child("decoding", slot).stream()
      return (0..<first + steps).map { _ in
        Int32(stream.uniform(below: Case.Model.vocabulary))
      }
    }
    let share = (slots + pool.threads - 1) / pool.threads
    let parts = stride(from: 0, to: slots, by: share).map { $0..<min(slots, $0 + share) }
    @Sendable func feed(_ session: inout DecodingSession, _ part: Range<Int>, _ place: Int)
      -> Tensor
    {
      session.feed(part.map { ($0 - part.lowerBound, tokens[$0][place]) })
    }
    let filled = pool.map(parts.count) { index in
      var session = DecodingSession(transformer, slots: parts[index].count)
      for place in 0..<first - 1 { _ = feed(&session, parts[index], place) }
      return session
    }
    var sessions = filled
    // The last token before the measured ones is fed here: it copies the caches.
    let prepare: () -> Void = {
      sessions = filled
      pool.update(&sessions) { index, session in _ = feed(&session, parts[index], first - 1) }
    }
    let call: () -> Void = {
      func advance(_ places: Range<Int>) {
        pool.update(&sessions) { index, session in
          for place in places { _ = feed(&session, parts[index], place) }
        }
      }
      // One worker steps by itself; several meet after each step, as where tokens depend on it.
      if pool.threads == 1 {
        advance(first..<end)
      } else {
        for place in first..<end { advance(place..<place + 1) }
      }
    }
    let flop = (first..<first + steps).reduce(0) {
      $0 + Double(slots) * model.flop(perTokenSeeing: Double($1 + 1))
    }
    return Workload(
      flop: flop, tokens: slots * steps, prepare: prepare, call: call,
      files: {
        prepare()
        var logits: [[Float]] = []
        for place in first..<first + steps {
          let rows = pool.update(&sessions, at: Array(parts.indices)) { index, session in
            feed(&session, parts[index], place)
          }
          logits.append(rows.flatMap(\.values))
        }
        return [
          "weights.safetensors": transformer.safetensors(),
          "batch.safetensors": Safetensors(tensors: [
            "tokens": Tensor(
              tokens.joined().map { Float($0) }, shape: [slots, first + steps]),
            "logits": Tensor(
              Array(logits.joined()), shape: [steps, slots, Case.Model.vocabulary]),
          ]).serialized(),
        ]
      })
  }
}
