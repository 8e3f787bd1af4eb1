/// A differentiable program as a `Model`, for Metropolis–Hastings, importance sampling and filters.
@frozen
public struct DifferentiableProgram<M: DifferentiableModel>: Model {
  @usableFromInline let model: M

  @inlinable
  public init(_ model: M) {
    self.model = model
  }

  /// Runs the program; its parameters are drawn.
  @inlinable
  public func run(_ p: inout some ProbabilisticContext) -> [Double] {
    withUnsafeMutablePointer(to: &p) { base in
      var context = DrawingContext(base: base)
      return model.run(&context)
    }
  }
}

/// Draws the parameters of a differentiable program from another context.
@frozen
@usableFromInline
struct DrawingContext<Base: ProbabilisticContext>: DensityContext {
  /// Valid while the program runs.
  @usableFromInline let base: UnsafeMutablePointer<Base>

  @inlinable
  init(base: UnsafeMutablePointer<Base>) {
    self.base = base
  }

  @inlinable
  mutating func assume(_ law: Law<Double>, site: Site) -> Double {
    base.pointee.draw(plain: law, site: site)
  }

  @inlinable
  mutating func assumeOrdered(_ count: Int, _ law: Law<Double>, site: Site) -> [Double] {
    var numbers: [Double] = []
    for _ in 0..<count { numbers.append(base.pointee.draw(plain: law, site: site)) }
    return numbers.sorted()
  }

  @inlinable
  mutating func factor(_ logWeight: Double) {
    base.pointee.factor(logWeight)
  }
}
