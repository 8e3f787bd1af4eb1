import Conjecturing
import Layers
import Parallel
import Probability
import Proving
import Tensor

/// The transformer as a language model of conjectures, asked for one difficulty.
///
/// Each query is encoded from its prompt on; the options' logits are read at the last token.
struct ConjectureModel: ChoiceModel {
  typealias Query = ConjectureQuery

  let transformer: Transformer
  let vocabulary: Vocabulary
  let prompt: Int32
  let pool: WorkerPool

  init(
    _ transformer: Transformer, vocabulary: Vocabulary, difficulty: Difficulty, pool: WorkerPool
  ) {
    self.transformer = transformer
    self.vocabulary = vocabulary
    prompt = vocabulary.id(difficulty.prompt)
    self.pool = pool
  }

  /// Queries that one worker evaluates at a time.
  private static let chunkSize = 32

  func logWeights(_ batch: [ConjectureQuery], optionCounts: [Int]) -> [[Float]] {
    let size = ConjectureModel.chunkSize
    let count = (batch.count + size - 1) / size
    let chunks = pool.map(count) { index in
      logWeights(batch[index * size..<min(batch.count, (index + 1) * size)])
    }
    return Array(chunks.joined())
  }

  private func logWeights(_ queries: ArraySlice<ConjectureQuery>) -> [[Float]] {
    var request = InferenceRequest(sequences: PackedSequences())
    for query in queries {
      let rows = request.sequences.append([prompt] + query.tokens.map(vocabulary.id)).rows
      request.tokenRows.append(Int32(rows.upperBound - 1))
    }
    let logits = transformer.evaluate(request).tokenLogits
    return logits.withUnsafeBuffer { buffer in
      queries.enumerated().map { row, query in
        query.options.map { buffer[row * vocabulary.count + Int(vocabulary.id($0))] }
      }
    }
  }
}
