public import Randomness
import Tensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How fast a transformer evaluates batches here: every row read, tokens drawn at random.
public struct InferenceMeasurement: Sendable {
  /// The vector unit that the kernels run on, as `TensorKernels.level` names it.
  public let path: String
  /// Tokens of each evaluation, and of each of its sequences.
  public let tokens: Int
  public let sequenceTokens: Int
  /// Seconds of processor time that each evaluation took on its one thread, ascending.
  public let seconds: [Double]

  /// Tokens in a second of processor time, in the median evaluation.
  public var tokensPerSecond: Double { Double(tokens) / seconds[seconds.count / 2] }

  /// Evaluates one batch again and again, after a first time that does not count.
  ///
  /// - Parameters:
  ///   - sequences: sequences in the batch, at least 1.
  ///   - repeats: evaluations that count, at least 1.
  ///   - key: draws weights and tokens.
  public init(
    of configuration: TransformerConfiguration, sequences: Int, sequenceTokens: Int, repeats: Int,
    key: RandomKey = RandomKey(seed: 0)
  ) {
    precondition(
      sequences > 0 && repeats > 0 && (1...configuration.context).contains(sequenceTokens),
      "\(sequences) sequences of \(sequenceTokens) tokens, \(repeats) times")
    let transformer = Transformer(configuration: configuration, key: key.child("weights"))
    var stream = key.child("tokens").stream()
    var packed = PackedSequences()
    for _ in 0..<sequences {
      packed.append(
        (0..<sequenceTokens).map { _ in
          Int32(stream.uniform(below: configuration.vocabulary))
        })
    }
    let request = InferenceRequest(
      sequences: packed, tokenRows: (0..<Int32(packed.rowCount)).map { $0 })
    _ = transformer.evaluate(request)
    path = TensorKernels.level
    tokens = packed.rowCount
    self.sequenceTokens = sequenceTokens
    seconds = (0..<repeats).map { _ in
      let start = Self.processorSeconds
      _ = transformer.evaluate(request)
      return max(Self.processorSeconds - start, 1e-9)  // the clock's resolution
    }.sorted()
  }

  /// Processor time of this thread.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
