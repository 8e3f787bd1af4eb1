import CTensorKernels
import Tensor

/// What a value of a graph is computed by. Operands in this order.
indirect enum Operation: Hashable, Sendable {
  /// A parameter of the model; a vector is one row.
  case parameter(ParameterLayout.Entry)
  /// What was computed from parameters alone, once for all batches.
  case folded(Expression)
  /// Columns of what the first block computes from a token and its position.
  case lookup(columns: Range<Int>, rows: Rows)
  /// Rows of a matrix.
  case gather(RowIndex)
  /// The first operand plus rows of the second.
  case gatherAdd(RowIndex)
  /// Its operand, keys and values of a layer; a cache keeps some of the rows.
  case keep(layer: Int)
  /// Keys and values of a layer with those of a cache between them.
  case merge(layer: Int)
  case add
  /// A matrix plus one row.
  case addBias
  /// The approximation by tanh.
  case gelu
  /// Of each row, scaled by a gain and shifted by a bias.
  case layerNorm
  /// A matrix, a weight, then what the form names.
  case product(ProductForm)
  /// Queries, then keys beside values, over the sequences of the batch.
  case attention(heads: Int)
  /// The same for one step of a decoding session: each row's keys and values join those of its
  /// slot, and its queries see them all.
  case cachedAttention(layer: Int, heads: Int)
  case columns(Range<Int>)
  case transpose
  /// A weight in the panel order of the kernel.
  case pack

  /// Added under the root of the variance.
  static let normEpsilon = 1e-5

  static func packedSize(_ terms: Int, _ columns: Int) -> Int {
    Int(tk_packed_size(tk_current(), Int64(columns), Int64(terms), true))
  }

  /// A short name.
  var name: String {
    switch self {
    case .parameter: "parameter"
    case .folded: "folded"
    case .lookup: "lookup"
    case .gather: "gather"
    case .gatherAdd: "gather-add"
    case .keep: "keep"
    case .merge: "merge"
    case .add: "add"
    case .addBias: "bias"
    case .gelu: "gelu"
    case .layerNorm: "norm"
    case .product: "product"
    case .attention: "attention"
    case .cachedAttention: "cached-attention"
    case .columns: "columns"
    case .transpose: "transpose"
    case .pack: "pack"
    }
  }

  /// Whether it is there before any batch.
  var isLeaf: Bool {
    switch self {
    case .parameter, .folded: true
    default: false
    }
  }

  /// Whether it writes to a cache, so that it is needed whether or not anybody reads the result.
  var hasEffect: Bool {
    switch self {
    case .keep, .cachedAttention: true
    default: false
    }
  }

  /// Whether each row of the result needs just that row of the operands in `rowOperands`, and all
  /// of the others.
  var isRowWise: Bool {
    switch self {
    case .lookup, .gather, .gatherAdd, .add, .addBias, .gelu, .layerNorm, .product: true
    case .parameter, .folded, .keep, .merge, .attention, .cachedAttention, .columns, .transpose,
      .pack:
      false
    }
  }

  /// Places of the operands that are read row by row.
  var rowOperands: [Int] {
    switch self {
    case .add: [0, 1]
    case .gatherAdd, .addBias, .gelu, .layerNorm, .attention: [0]
    case .cachedAttention: [0, 1]
    case .product(let form): form.hasResidual ? [0, form.operandCount - 1] : [0]
    case .keep: [0]
    case .parameter, .folded, .lookup, .gather, .merge, .columns, .transpose, .pack: []
    }
  }

  /// The place of an operand whose memory the result may take if nothing reads that afterwards.
  var replacedOperand: Int? {
    switch self {
    case .gatherAdd, .keep, .add, .addBias, .gelu: 0
    case .product(let form): form.hasResidual ? form.operandCount - 1 : nil
    default: nil
    }
  }
}

/// What a matrix product does besides: f(residual + a·b + bias).
struct ProductForm: Hashable, Sendable {
  let columns: Int
  /// Whether the weight is in the kernel's order.
  var isPacked = false
  var hasBias = false
  var hasResidual = false
  /// Whether f is GELU and not the identity.
  var hasGELU = false

  init(columns: Int) { self.columns = columns }

  var operandCount: Int { 2 + (hasBias ? 1 : 0) + (hasResidual ? 1 : 0) }
}

/// A value that depends on parameters only.
indirect enum Expression: Hashable, Sendable {
  case parameter(ParameterLayout.Entry)
  case applied(Operation, [Expression], rows: Int, columns: Int)

  var rows: Int {
    switch self {
    case .parameter(let entry): entry.shape.rows
    case .applied(_, _, let rows, _): rows
    }
  }

  var columns: Int {
    switch self {
    case .parameter(let entry): entry.shape.columns
    case .applied(_, _, _, let columns): columns
    }
  }
}
