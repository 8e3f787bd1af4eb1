/// A scalar of a particle's graph.
///
/// Vectors are runs of consecutive nodes. The nodes of a `.dirichlet` or of a `.child` vector form
/// a group: its first node, the head, has the links, and `row` of each is its distance to it.
@frozen
@usableFromInline
struct Node: BitwiseCopyable, Sendable {
  /// What is known of the variable.
  @frozen
  @usableFromInline
  enum Kind: UInt8, BitwiseCopyable, Sendable {
    /// Not in use.
    case free
    /// Realized: the value is `a`; `origin` is what it was, if that was drawn.
    case known
    /// Row `row` of the Gaussian block `block`.
    case gaussian
    /// Shapes `a` and `b`.
    case beta
    /// Shape `a`, rate `b`.
    case gamma
    /// Shape `a`, scale `b`.
    case inverseGamma
    /// Concentration `a` for this component.
    case dirichlet
    /// Shape `a`, minimum `b`.
    case pareto
    /// `offset` more than Poisson with mean `a`.
    case poisson
    /// `offset` more than binomial with `a` trials of probability `b`.
    case binomial
    /// `offset` more than negative binomial with `a` successes of probability `b`.
    case negativeBinomial
    /// Element number `row` of a covariance; of the first one, `b` are the degrees of freedom. With
    /// `isInverted` the variable is the precision, and the scale matrix that of its inverse.
    case inverseWishart
    /// Component number `link` of the vector `row` of the matrix block `block`.
    case matrixRow
    /// One of finitely many integers from `offset` on: an axis of the table `row`.
    case finite
    /// `offset` more than a part of what the count `parent` is more than `link`: given it, the
    /// parts are multinomial, with weight `a` of `b` for this one.
    case countShare
    /// Of the gamma number `parent` a part, divided by `link`: the parts are Dirichlet, with
    /// concentration `a` of `b` for this one.
    case gammaShare
    /// Initialized: only its relation to `parent` is known; of a count, `offset` more than that.
    case child

    var isShare: Bool { self == .countShare || self == .gammaShare }
  }

  @usableFromInline var kind = Kind.free
  /// Of a known value: what the variable was before.
  @usableFromInline var origin = Kind.free
  /// Of a child.
  @usableFromInline var relation = Relation.none
  @usableFromInline var isReached = false
  @usableFromInline var serial: UInt16 = 0
  /// The relation is to the inverse of the parent.
  @usableFromInline var isInverted = false
  /// Other nodes are shares of it, or were.
  @usableFromInline var hasShares = false
  @usableFromInline var row: Int32 = 0
  /// Of a Gaussian: 0, or one more than the index of a scaled block. Of a scale: likewise.
  /// Of a matrix row, one more than the index of its matrix block; of its covariance: likewise.
  @usableFromInline var block: Int32 = 0
  /// The number of nodes in its group.
  @usableFromInline var size: Int32 = 1
  @usableFromInline var parent: Int32 = -1
  /// A marginalized child that has seen data; it must be realized before another child is. The
  /// node's own parameters know nothing of that data yet.
  @usableFromInline var marginalChild: Int32 = -1
  @usableFromInline var offset = 0.0
  @usableFromInline var a = 0.0
  @usableFromInline var b = 0.0
  /// Of a marginalized child: the `b` of its relation. Of a share: see its kind.
  @usableFromInline var link = 0.0
  @usableFromInline var site = Site.unknown

  @inlinable
  init() {}
}

/// How a child depends on its parent; the parameters are the child's `a` and `b`.
@frozen
@usableFromInline
enum Relation: UInt8, BitwiseCopyable, Sendable {
  case none
  /// Of a beta: true with that probability.
  case bernoulli
  /// Of a beta: successes among `a` trials.
  case binomial
  /// Of a beta: failures before success number `a`.
  case negativeBinomial
  /// Of a gamma λ: Poisson with mean `b`·λ.
  case poisson
  /// Of a gamma λ: gamma with shape `a` and rate `b`·λ.
  case gamma
  /// Of a gamma λ: inverse gamma with shape `a` and scale `b`·λ.
  case inverseGamma
  /// Of a Dirichlet: an index with those probabilities.
  case categorical
  /// Of a Dirichlet: counts of `a` draws with those probabilities.
  case multinomial
  /// Of a count: how many of it remain, each with probability `b`.
  case thinned
  /// Of a Pareto θ: uniform between 0 and θ.
  case uniform
  /// Of a gamma λ: Weibull with shape `a`, P(X > x) = exp(−`b`·λ·x^`a`).
  case weibull
  /// Of a gamma λ: Pareto with minimum `a` and shape `b`·λ.
  case pareto
  /// Of a gamma λ: Laplace with location `a` and scale 1/(`b`·λ).
  case laplace
}

/// A place in a program: a line of a file, or a name given with `at:`.
@frozen
public struct Site: Hashable, Sendable, BitwiseCopyable {
  /// The address of the text, which lives forever, and 16 bits of line; line 0 for names.
  @usableFromInline let bits: UInt64

  @usableFromInline static let unknown = Site(bits: 0)

  @inlinable
  init(bits: UInt64) { self.bits = bits }

  @inlinable
  public init(file: StaticString, line: UInt) {
    let address = UInt64(UInt(bitPattern: file.utf8Start))
    bits = address &<< 16 | UInt64(line & 0xFFFF)
  }

  @inlinable
  public init(name: StaticString) {
    bits = UInt64(UInt(bitPattern: name.utf8Start)) &<< 16
  }

  @inlinable
  init(_ name: StaticString?, _ file: StaticString, _ line: UInt) {
    if let name { self.init(name: name) } else { self.init(file: file, line: line) }
  }

  /// The line; 0 if the site has a name.
  public var line: Int { Int(bits & 0xFFFF) }

  /// The file, or the name.
  public var text: String {
    guard let start = UnsafePointer<CChar>(bitPattern: UInt(bits &>> 16)) else { return "unknown" }
    return String(cString: start)
  }
}

extension Site: CustomStringConvertible {
  public var description: String { line == 0 ? text : "\(text):\(line)" }
}
