import ArgumentParser
import Glibc
import Minimo

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures how fast the network is here, or shows how it is computed.",
    discussion: """
      Examples:
        minimo bench
        minimo bench --explain --batch search --layers 4 --width 256

      Prints the tokens that one processor evaluates in a second of its time, with \
      random weights and logits after every token: the median, and how far the \
      evaluations differ. The path is the unit in use: amx, avx512bf16, \
      avx512, avx2 or portable (MINIMO_CPU=avx2 minimo bench measures another).

      With --explain prints the plan instead: each call of a kernel with what it \
      covers, its shapes, the place of its result in memory, and its operations and \
      bytes per row. R are the rows of a batch, K its keys with cached ones, S the \
      rows that are read, T, V and P those of the three heads, B the most of a block. \
      Rows marked bf16 are kept rounded, two numbers in a float of that memory.

      Exit codes: 0 done, 64 wrong usage.
      """)

  @Option(help: "Blocks of the network.")
  var layers = 2

  @Option(help: "Numbers per token between blocks.")
  var width = 128

  @Option(help: "Attention heads. (default: one for 64 numbers)")
  var heads: Int?

  @Option(help: "Tokens of a sequence.")
  var length = 128

  @Option(help: "Sequences evaluated together.")
  var sequences = 16

  @Option(help: "Evaluations.")
  var repeats = 9

  @Flag(help: "Print how a batch is computed, and measure nothing.")
  var explain = false

  @Option(help: "The kind of batch to explain.")
  var batch = PlanExplanation.Use.everyToken

  @Flag(help: "Use the portable C kernels, the same on every processor.")
  var portableKernels = false

  @Flag(help: "Print JSON.")
  var json = false

  private static let vocabulary = 128

  func run() throws {
    try ComputeOptions.fixKernels(portable: portableKernels)
    let configuration = try checkedConfiguration()
    if explain {
      let plan = configuration.explainedPlan(for: batch)
      try Standard.output.print(json ? plan.json.line : plan.description)
      return
    }
    let measurement = InferenceMeasurement(
      of: configuration, sequences: sequences, sequenceTokens: length, repeats: repeats)
    try Standard.output.print(json ? object(of: measurement).line : text(of: measurement))
  }

  /// - Throws: `.usage` for sizes that no network or measurement can have.
  private func checkedConfiguration() throws(MinimoError) -> TransformerConfiguration {
    let heads = heads ?? max(1, width / 64)
    if let problem = TransformerConfiguration.problem(
      layers: layers, width: width, heads: heads, vocabulary: Self.vocabulary, context: length)
    {
      throw .usage(problem)
    }
    for (name, value, limit) in [
      ("--sequences", sequences, (1 << 20) / length), ("--repeats", repeats, 1 << 20),
    ] where value < 1 || value > limit {
      throw .usage("\(name) is \(value); it must be in 1...\(limit)")
    }
    return TransformerConfiguration(
      layers: layers, width: width, heads: heads, vocabulary: Self.vocabulary, context: length)
  }

  /// Tokens in a second of processor time: the slowest evaluation, the median, the fastest.
  private func rates(_ measurement: InferenceMeasurement) -> (Double, Double, Double) {
    let tokens = Double(measurement.tokens)
    return (
      tokens / measurement.seconds.last!, measurement.tokensPerSecond,
      tokens / measurement.seconds.first!
    )
  }

  private func text(of measurement: InferenceMeasurement) -> String {
    let (slowest, median, fastest) = rates(measurement)
    return "\(Int(median).grouped) tokens per CPU-second (\(Int(slowest).grouped) to "
      + "\(Int(fastest).grouped)) on the path \(measurement.path): \(layers) layers, "
      + "width \(width), \(sequences) sequences of \(length) tokens, \(repeats) evaluations\n"
  }

  private func object(of measurement: InferenceMeasurement) -> JSONValue {
    let (slowest, median, fastest) = rates(measurement)
    return [
      "path": .string(measurement.path), "layers": .int(layers), "width": .int(width),
      "sequences": .int(sequences), "length": .int(length), "repeats": .int(repeats),
      "tokensPerSecond": .number(median), "slowest": .number(slowest),
      "fastest": .number(fastest),
    ]
  }
}

extension PlanExplanation {
  fileprivate var json: JSONValue {
    [
      "arena": .string(arena),
      "slots": .array(
        slots.map { ["start": .string($0.start), "shape": .string($0.shape)] as JSONValue }),
      "steps": .array(
        steps.map { step in
          [
            "blockedRows": step.blockedRows.map { JSONValue.string($0) } ?? .null,
            "blockRows": step.blockRows.map { JSONValue.int($0) } ?? .null,
            "operations": .array(step.operations.map(\.json)),
          ] as JSONValue
        }),
    ]
  }
}

extension PlanExplanation.Operation {
  fileprivate var json: JSONValue {
    [
      "covers": .array(covers.map { JSONValue.string($0) }), "name": .string(name),
      "shapes": .array(shapes.map { JSONValue.string($0) }), "place": .string(place),
      "flopsPerRow": .int(flopsPerRow), "flopsPerKey": .int(flopsPerKey),
      "bytesPerRow": .int(bytesPerRow), "bytesPerKey": .int(bytesPerKey),
      "weightBytes": .int(weightBytes),
    ]
  }
}
