public import Randomness

/// Runs a differentiable program at a point of unbounded coordinates.
///
/// Each parameter is a smooth function of its own coordinates, and the logarithm of the derivative
/// belongs to the density.
///
/// Source for the maps: Stan reference manual, chapter "Constraint transforms".
@frozen
public struct CoordinateContext<Number: RealNumber>: DensityContext {
  @usableFromInline let coordinates: [Number]
  /// How many coordinates the program asked for.
  @usableFromInline var requested = 0
  /// The log-density is their sum.
  @usableFromInline var terms: [Number] = []

  @inlinable
  init(_ coordinates: [Number]) {
    self.coordinates = coordinates
    terms.reserveCapacity(64)
  }

  @inlinable
  mutating func next() -> Number {
    defer { requested += 1 }
    return requested < coordinates.count ? coordinates[requested] : 0
  }

  @inlinable
  public mutating func factor(_ logWeight: Number) {
    terms.append(logWeight)
  }

  @inlinable
  public mutating func assume(_ law: Law<Number>, site: Site) -> Number {
    let u = next()
    var x = u
    switch law.domain {
    case .line: break
    case .positive:
      x = Number.exp(u)
      factor(u)
    case .unit:
      x = Number.logistic(u)
      factor(logLogisticDerivative(u))
    case .interval:
      let width = law.b - law.a
      x = law.a + width * Number.logistic(u)
      factor(Number.log(width) + logLogisticDerivative(u))
    }
    factor(law.logDensity(x))
    return x
  }

  @inlinable
  func logLogisticDerivative(_ u: Number) -> Number {
    -(Number.log1pExp(u) + Number.log1pExp(-u))
  }

  @inlinable
  public mutating func assumeOrdered(
    _ count: Int, _ law: Law<Number>, site: Site
  ) -> [Number] {
    var result: [Number] = []
    for index in 0..<count {
      let u = next()
      if let last = result.last {
        result.append(last + Number.exp(u))
        factor(u)
      } else {
        result.append(u)
      }
      factor(law.logDensity(result[index]))
    }
    // All orders of the independent numbers give the sorted ones.
    factor(Number(Special.logGamma(Double(count) + 1)))
    return result
  }

  /// The log-density.
  @inlinable
  var total: Double {
    var sum = 0.0
    for term in terms { sum += term.number }
    return sum
  }
}

extension CoordinateContext where Number == TapeNumber {
  /// A context whose coordinates are the first numbers of an empty tape.
  @inlinable
  init(_ position: [Double], on tape: Tape) {
    let record = tape.record
    record.pointee.count = 0
    self.init(
      position.map { TapeNumber($0, record.pointee.push(-1, 0, -1, 0), record) })
  }
}

/// The log-density of a program as a function of its coordinates.
@usableFromInline
struct ProgramDensity: Sendable {
  /// The log-density and its gradient; nil if the program has another number of coordinates.
  @usableFromInline let evaluate: @Sendable ([Double], Tape, inout [Double]) -> Double?
  /// What the program returns.
  @usableFromInline let describe: @Sendable ([Double]) -> [Double]
  /// The number of coordinates that the program asks for at a point.
  @usableFromInline let count: @Sendable ([Double]) -> Int
  /// What is wrong with the program, if a run with drawn parameters shows it.
  @usableFromInline let flaw: @Sendable (RandomKey) -> ProgramError?

  @inlinable
  init<M: DifferentiableModel>(_ model: M) {
    evaluate = { position, tape, gradient in
      var context = CoordinateContext(position, on: tape)
      _ = model.run(&context)
      guard context.requested == position.count else { return nil }
      tape.differentiate(context.terms.map(\.index), into: &gradient)
      return context.total
    }
    describe = { position in
      var context = CoordinateContext<Double>(position)
      return model.run(&context)
    }
    count = { position in
      var context = CoordinateContext<Double>(position)
      _ = model.run(&context)
      return context.requested
    }
    flaw = { key in
      do throws(ProgramError) {
        _ = try Trace.run(DifferentiableProgram(model), key: key)
        return nil
      } catch {
        return error
      }
    }
  }
}

/// The log-density of a differentiable program at a point of unbounded coordinates, with its
/// gradient: for checks, and for samplers of your own.
///
/// - Throws: `ProgramError.variableDimension` unless the program has as many coordinates.
@inlinable
public func logDensity<M: DifferentiableModel>(
  of model: M, at coordinates: [Double]
) throws(ProgramError) -> (value: Double, gradient: [Double]) {
  let density = ProgramDensity(model)
  var gradient = [Double](repeating: 0, count: coordinates.count)
  guard let value = density.evaluate(coordinates, Tape(), &gradient) else {
    throw .variableDimension(expected: coordinates.count, found: density.count(coordinates))
  }
  return (value, gradient)
}
