import CTensorKernels
import Randomness
import TestSupport
import Testing

@testable import Layers
@testable import Tensor

/// The interpreter in double precision against the model written out once more, and the kernels,
/// with every choice of passes, against the interpreter.
@Suite struct BackendTests {
  static let passes: [any GraphPass] = [
    CommonSubexpressions(), SelectionHoisting(), WeightPacking(), ConstantFolding(),
    DeadCodeElimination(), EpilogueFusion(),
  ]

  static let backends = [
    KernelBackend(blocksRows: false, reusesMemory: false),
    KernelBackend(blocksRows: true, reusesMemory: false),
    KernelBackend(blocksRows: false, reusesMemory: true), KernelBackend(),
    KernelBackend(keepsRounded: false),
  ]

  /// The plain graph is the transformer: 1e-12 is some hundred roundings.
  @Test func interpreterIsTheReference() {
    let transformer = Sample.transformer(), reference = ReferenceTransformer(transformer)
    let forest = Sample.forest(Sample.trees)
    var shape = ShapeClass(hidden: true)
    (shape.tokens, shape.values, shape.policies) = (.all, .all, .all)
    var inputs = GraphInputs(forest.packed, parameters: transformer.parameters)
    inputs.reading = (0..<Int32(forest.packed.rowCount)).map { $0 }
    let outputs = ReferenceInterpreter().matrices(
      transformer.configuration.graph(for: shape), on: inputs)
    var expected: [[Double]] = [[], [], [], []]
    for (tokens, prefix) in forest.sequences {
      for hidden in reference.hidden(tokens).dropFirst(prefix) {
        expected[0] += hidden
        expected[1] += reference.tokenLogits(hidden)
        expected[2].append(reference.value(hidden))
        expected[3].append(reference.policyScore(hidden))
      }
    }
    #expect(outputs.map(\.values.count) == expected.map(\.count))
    let difference = GraphSample.difference(outputs.map(\.values), expected)
    #expect(difference < 1e-12, "\(difference)")
  }

  /// Every set of passes and both choices of the kernels' backend, on the transformer with rows
  /// read here and there: near the interpreter, and equal bits whatever was chosen, but for
  /// fusion, which adds the residual first.
  @Test func passesKeepWhatIsComputed() throws {
    let transformer = Sample.transformer()
    let forest = Sample.forest(Sample.trees)
    var shape = ShapeClass(hidden: true)
    shape.isPruned = true
    (shape.tokens, shape.values, shape.policies) = (.some, .all, .some)
    var inputs = GraphInputs(forest.packed, parameters: transformer.parameters)
    inputs.reading = (0..<Int32(forest.packed.rowCount)).filter { $0 % 4 == 1 }
    inputs.tokenRows = [3, 0, 0]
    inputs.valueRows = inputs.reading.indices.map { Int32($0) }
    inputs.policyRows = [1, 5]
    let plain = transformer.configuration.graph(for: shape)
    let expected = ReferenceInterpreter().matrices(plain, on: inputs).map(\.values)
    var bits: [Bool: [[UInt32]]] = [:]
    for chosen in 0..<1 << Self.passes.count {
      let passes = Self.passes.indices.filter { chosen >> $0 & 1 == 1 }.map { Self.passes[$0] }
      let graph = plain.applying(passes)
      if chosen % 7 == 0 {
        let values = ReferenceInterpreter().matrices(graph, on: inputs).map(\.values)
        try #require(GraphSample.difference(values, expected) < 1e-12, "passes \(chosen)")
      }
      let isFused = passes.last is EpilogueFusion
      for backend in Self.backends {
        let outputs = backend.evaluate(graph, on: inputs)
        let difference = GraphSample.difference(GraphSample.doubles(outputs), expected)
        try #require(difference < tolerance(2e-5, bf16: 0.05), "passes \(chosen): \(difference)")
        let found = GraphSample.bits(outputs)
        try #require(bits[isFused, default: found] == found, "passes \(chosen), \(backend)")
        bits[isFused] = found
      }
    }
  }

  /// Random graphs, whose values are used often, once or never, in full or where they are read.
  @Test func passesKeepRandomGraphs() throws {
    try forAll(25, seed: 5) { stream in
      let inputs = GraphSample.inputs(&stream)
      let plain = GraphSample.random(&stream)
      let expected = ReferenceInterpreter().matrices(plain, on: inputs).map(\.values)
      let first = GraphSample.bits(Self.backends[0].evaluate(plain, on: inputs))
      for last in 0..<Self.passes.count {
        let graph = plain.applying(Array(Self.passes[...last]))
        let values = ReferenceInterpreter().matrices(graph, on: inputs).map(\.values)
        try #require(GraphSample.difference(values, expected) < 1e-10)
        for backend in Self.backends {
          let outputs = backend.evaluate(graph, on: inputs)
          let difference = GraphSample.difference(GraphSample.doubles(outputs), expected)
          try #require(difference < tolerance(1e-3, bf16: 0.1), "\(difference)")
          if last < Self.passes.count - 1 {
            try #require(GraphSample.bits(outputs) == first, "\(backend)")
          }
        }
      }
    }
  }

  /// With rows of a cache, some to be kept, and the first block looked up: both backends agree on
  /// the outputs and on what the cache holds afterwards.
  @Test(arguments: [1, 3]) func cachesAgree(layers: Int) throws {
    let transformer = Sample.transformer(layers: layers, width: 32, heads: 2)
    let configuration = transformer.configuration
    try forAll(10, seed: 6) { stream in
      let shared = PrefixCacheTests.tokens(3, &stream)
      let states = (0..<4).map { _ in shared + PrefixCacheTests.tokens(4, &stream) }
      var outputs: [[[Double]]] = [[], []]
      var kept: [[Double]] = [[], []]
      for side in 0..<2 {
        let cache = PrefixCache(for: transformer)
        for batch in [states.prefix(1), states.suffix(3)] {
          var packed = PackedSequences()
          var filled = 0
          cache.withBatch { index in
            batch.map { state in
              let place = index.place(state.dropLast())
              index.require(state[place.held.count...], from: place.held.count)
              return place
            }
          } evaluate: { places in
            for (state, place) in zip(batch, places) {
              _ = packed.append(state, at: place)
              filled = max(filled, Int((place.held + place.claimed).max() ?? 0) + 1)
            }
            var inputs = GraphInputs(packed, parameters: transformer.parameters)
            inputs.cache = cache.rows
            inputs.reading = packed.segments.filter { !$0.rows.isEmpty }.map {
              Int32($0.rows.upperBound - 1)
            }
            var shape = ShapeClass(
              packed, readCount: inputs.reading.count, cache: cache.rows)
            shape.hidden = true
            #expect(shape.hasTable && shape.isPruned)
            let plain = configuration.graph(for: shape)
            if side == 0 {
              outputs[side] += ReferenceInterpreter().matrices(plain, on: inputs).map(\.values)
            } else {
              let graph = plain.applying(TransformerPlans.passes(for: shape))
              #expect(GraphSample.count("lookup", in: graph) == 2)
              let found = KernelBackend().evaluate(graph, on: inputs)
              let plainly = KernelBackend(keepsRounded: false).evaluate(graph, on: inputs)
              #expect(GraphSample.bits(found) == GraphSample.bits(plainly))
              outputs[side] += GraphSample.doubles(found)
            }
          }
          for layer in 0..<layers {
            for row in 0..<filled {
              let values = cache.rows.row(Int32(row), layer: layer)
              kept[side] += (0..<2 * configuration.width).map { Double(values[$0]) }
            }
          }
        }
      }
      #expect(GraphSample.difference(outputs[1], outputs[0]) < tolerance(2e-5, bf16: 0.05))
      #expect(GraphSample.difference([kept[1]], [kept[0]]) < tolerance(2e-5, bf16: 0.05))
    }
  }

  /// What products round anyhow is kept so: half the memory, the same bits. At 544 wide there are
  /// several blocks of rows, and products of more terms than a block stay fp32.
  /// 33 wide, a row does not end with a pair, and only the expansion, 132 wide, can be rounded,
  /// unless tiles take 32 at once.
  @Test(arguments: [(64, 4, 1), (544, 3, 1), (33, 1, 0)])
  func roundedValuesKeepTheBits(width: Int, eachBlock: Int, ends: Int) throws {
    let transformer = Sample.transformer(width: width, heads: width % 2 == 0 ? 2 : 1)
    let forest = Sample.forest(Sample.trees)
    var shape = ShapeClass()
    shape.tokens = .all
    var inputs = GraphInputs(forest.packed, parameters: transformer.parameters)
    inputs.reading = (0..<Int32(forest.packed.rowCount)).map { $0 }
    let graph = transformer.configuration.graph(for: shape)
      .applying(TransformerPlans.passes(for: shape))
    let outputs = [false, true].map {
      KernelBackend(keepsRounded: $0).evaluate(graph, on: inputs)[0].values.map(\.bitPattern)
    }
    #expect(outputs[0] == outputs[1])
    let kernels = tk_current().pointee, rounded = RoundedValues(graph)
    let kept = graph.nodes.indices.filter { rounded[$0] }.map { graph.nodes[$0].operation.name }
    // Of each block two norms, attention and its expansion, those that can be, and the last norm.
    let isTiled = kernels.pair_block > 1 && width % 32 != 0
    let count = !kernels.has_bf16 || isTiled ? 0 : 2 * eachBlock + ends
    #expect(kept.count == count, "\(kept)")
  }

  /// Steps of a decoding session, slots at different lengths: the kernels with all passes beside
  /// the interpreter on the plain graph.
  @Test func decodingStepsAgree() throws {
    let transformer = Sample.transformer(width: 32, heads: 2)
    let configuration = transformer.configuration
    let plain = configuration.graph(for: .decoding)
    try forAll(5, seed: 7) { stream in
      let rows = ReferenceInterpreter.SlotRows(layers: configuration.layers, slots: 4)
      var session = DecodingSession(transformer, slots: 4)
      for _ in 0..<12 {
        let fed = [2, 0, 3, 1].filter { _ in stream.uniform() < 0.7 }
        guard !fed.isEmpty else { continue }
        let positions = fed.map { Int32(session.lengths[$0]) }
        let tokens = Sample.tokens(fed.count, &stream)
        var inputs = GraphInputs(
          tokens: tokens, positions: positions, parameters: transformer.parameters)
        inputs.step = DecodingStep(
          slots: fed.map { Int32($0) }, visible: positions.map { $0 + 1 }, caches: .rows(rows))
        let expected = ReferenceInterpreter().matrices(plain, on: inputs).map(\.values)
        let logits = session.feed(zip(fed, tokens).map { (slot: $0, token: $1) })
        let difference = GraphSample.difference(GraphSample.doubles([logits]), expected)
        try #require(difference < tolerance(2e-5, bf16: 0.05), "\(difference)")
      }
    }
  }
}
