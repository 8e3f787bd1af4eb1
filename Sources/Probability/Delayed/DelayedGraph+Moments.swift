// What the graph knows of a variable, without changing it.

extension DelayedGraph {
  /// The mean of a variable given all that was observed; NaN where it does not exist.
  public func mean<Value: RandomNumber>(_ variable: Random<Value>) -> Double {
    moments(variable).mean
  }

  /// The variance of a variable given all that was observed; NaN where it does not exist.
  public func variance<Value: RandomNumber>(_ variable: Random<Value>) -> Double {
    moments(variable).variance
  }

  /// The covariance of two variables that are jointly Gaussian, or known; else NaN.
  public func covariance(_ first: Random<Double>, _ second: Random<Double>) -> Double {
    guard let left = first.handle, let right = second.handle else { return 0 }
    let (one, two) = (nodes[index(left)], nodes[index(right)])
    if one.kind == .known || two.kind == .known { return 0 }
    if one.kind == .matrixRow && two.kind == .matrixRow { return matrixCovariance(one, two) }
    guard one.kind == .gaussian && two.kind == .gaussian else { return .nan }
    if one.block != two.block { return 0 }
    if one.block == 0 && switching >= 0 {
      return mixedMoments(Int(one.row), Int(two.row)).covariance
    }
    if one.block == 0 { return gaussian.covariance(Int(one.row), Int(two.row)) }
    let block = scaled[Int(one.block) - 1]
    return block.rows.covariance(Int(one.row), Int(two.row)) * expectedScale(block.scale)
  }

  /// The mean of what multiplies a block's covariance.
  private func expectedScale(_ node: Int) -> Double {
    let (shape, scale) = gammaLaw(node)
    return shape > 1 ? scale / (shape - 1) : .nan
  }

  private func moments<Value: RandomValue>(
    _ variable: Random<Value>
  ) -> (mean: Double, variance: Double) {
    guard let handle = variable.handle else {
      return (Value.number(of: Value.value(ofBits: variable.bits)), 0)
    }
    return moments(at: index(handle))
  }

  func moments(at index: Int) -> (mean: Double, variance: Double) {
    let node = nodes[index]
    let (a, b) = (node.a, node.b)
    if node.marginalChild >= 0 && node.kind != .gamma && node.kind != .inverseGamma {
      return mixed(node, over: moments(at: Int(node.marginalChild)))
    }
    switch node.kind {
    case .free: return (.nan, .nan)
    case .child: return childMoments(index)
    case .known: return (a, 0)
    case .countShare, .gammaShare: return shareMoments(index) { moments(at: $0) }
    case .inverseWishart, .matrixRow: return matrixMoments(index)
    case .gaussian:
      if node.block == 0 && switching >= 0 {
        let moments = mixedMoments(Int(node.row), Int(node.row))
        return (moments.mean, moments.covariance)
      }
      if node.block == 0 {
        return (gaussian.means[Int(node.row)], gaussian.variance(Int(node.row)))
      }
      return scaledMoments(node)
    case .beta: return (a / (a + b), a * b / ((a + b) * (a + b) * (a + b + 1)))
    case .gamma, .inverseGamma: return power(1, of: index)
    case .dirichlet:
      let head = head(index)
      var total = 0.0
      for offset in 0..<Int(node.size) { total += nodes[head + offset].a }
      return (a / total, a * (total - a) / (total * total * (total + 1)))
    case .pareto: return Self.paretoMoments(shape: a, minimum: b)
    case .poisson: return (node.offset + a, a)
    case .binomial: return (node.offset + a * b, a * b * (1 - b))
    case .negativeBinomial:
      return (node.offset + a * (1 - b) / b, a * (1 - b) / (b * b))
    case .finite:
      var (mean, square) = (0.0, 0.0)
      for (value, probability) in marginal(index).enumerated() {
        mean += probability * Double(value)
        square += probability * Double(value) * Double(value)
      }
      return (node.offset + mean, square - mean * mean)
    }
  }

  /// Student's t with twice the scale's shape as degrees of freedom, or a number.
  private func scaledMoments(_ node: Node) -> (mean: Double, variance: Double) {
    let block = scaled[Int(node.block) - 1]
    let (mean, variance) = (block.rows.means[Int(node.row)], block.rows.variance(Int(node.row)))
    if variance == 0 { return (mean, 0) }
    let hasMean = gammaLaw(block.scale).shape > 0.5
    return (hasMean ? mean : .nan, variance * expectedScale(block.scale))
  }

  /// Of a count that has not seen its child yet, averaged over the child.
  ///
  /// Both the mean and the variance given the child are affine in it.
  private func mixed(
    _ node: Node, over child: (mean: Double, variance: Double)
  ) -> (mean: Double, variance: Double) {
    let link = nodes[Int(node.marginalChild)].link
    let (a, b) = (node.a, node.b)
    let rest: Double
    switch node.kind {
    case .poisson: return (child.mean + a * (1 - link), child.variance + a * (1 - link))
    case .binomial:
      let success = b * link < 1 ? b * (1 - link) / (1 - b * link) : 0
      rest = a - child.mean
      return (
        child.mean + rest * success,
        rest * success * (1 - success) + child.variance * (1 - success) * (1 - success)
      )
    case .negativeBinomial:
      let probability = b + link * (1 - b)
      let odds = (1 - probability) / probability
      rest = a + child.mean
      return (
        child.mean + rest * odds,
        rest * odds / probability + child.variance * (1 + odds) * (1 + odds)
      )
    default: fatalError("\(node.kind) has no marginalized child")
    }
  }
}

extension DelayedGraph {
  /// The means of a vector's components given all that was observed; NaN where one does not exist.
  public func means<Element>(_ variable: Random<[Element]>) -> [Double] {
    components(variable) { moments(at: $0).mean }
  }

  /// The variances of a vector's components; NaN where one does not exist.
  public func variances<Element>(_ variable: Random<[Element]>) -> [Double] {
    components(variable) { moments(at: $0).variance }
  }

  private func components<Element>(
    _ variable: Random<[Element]>, _ number: (Int) -> Double
  ) -> [Double] {
    guard let handle = variable.handle else { return [] }
    let first = index(handle)
    return (first..<first + handle.count).map(number)
  }
}
