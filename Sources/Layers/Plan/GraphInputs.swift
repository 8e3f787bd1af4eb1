import CTensorKernels
import Tensor

/// What one batch gives the symbols of a graph.
struct GraphInputs {
  let parameters: Parameters
  let tokens: [Int32]
  let positions: [Int32]
  /// Where rows and keys belong; nil for graphs without attention.
  private(set) var sequences: PackedSequences?
  /// The rows of the batch that are read, ascending.
  var reading: [Int32] = []
  /// Rows of the heads, as places among those that are read.
  var tokenRows: [Int32] = [], valueRows: [Int32] = [], policyRows: [Int32] = []
  /// What cached sequences of the batch refer to.
  var cache: CacheRows?
  /// What the rows of a decoding session's step belong to.
  var step: DecodingStep?

  init(_ sequences: PackedSequences, parameters: Parameters) {
    self.parameters = parameters
    self.sequences = sequences
    tokens = sequences.tokens
    positions = sequences.positions
  }

  /// Tokens each by itself.
  init(tokens: [Int32], positions: [Int32], parameters: Parameters) {
    self.parameters = parameters
    self.tokens = tokens
    self.positions = positions
  }

  func count(_ rows: Rows) -> Int {
    switch rows {
    case .batch: tokens.count
    case .keys: sequences?.keyCount ?? tokens.count
    case .read: reading.count
    case .tokenHead: tokenRows.count
    case .valueHead: valueRows.count
    case .policyHead: policyRows.count
    case .fixed(let count): count
    }
  }

  func indices(_ index: RowIndex) -> [Int32] {
    switch index {
    case .tokens(.read): reading.map { tokens[Int($0)] }
    case .positions(.read): reading.map { positions[Int($0)] }
    case .tokens: tokens
    case .positions: positions
    case .read: reading
    case .tokenHead: tokenRows
    case .valueHead: valueRows
    case .policyHead: policyRows
    }
  }

  /// How the queries of these rows see the keys.
  func attentionLayout(heads: Int, queries: Rows) -> AttentionLayout {
    guard let sequences else { preconditionFailure("attention without sequences") }
    return sequences.attentionLayout(heads: heads, queryRows: queries == .read ? reading : nil)
  }
}

/// One token each for some slots of a decoding session.
struct DecodingStep {
  /// Where keys and values are.
  enum Caches {
    case panels(SlotPanels)
    case rows(ReferenceInterpreter.SlotRows)
  }

  /// The slot of each row, and how many tokens that holds with the row's own.
  let slots: [Int32], visible: [Int32]
  let caches: Caches
}

/// Something that computes what a graph says.
protocol GraphBackend: Sendable {
  /// The outputs of `graph` for one batch, [rows, columns] each.
  func evaluate(_ graph: Graph, on inputs: GraphInputs) -> [Tensor]
}
