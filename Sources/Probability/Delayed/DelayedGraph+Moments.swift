// What the graph knows of a variable, without changing it.

extension DelayedGraph {
  /// The mean of a variable given all that was observed; NaN where it does not exist.
  public func mean<Value: RandomValue>(_ variable: Random<Value>) -> Double {
    moments(variable).mean
  }

  /// The variance of a variable given all that was observed; NaN where it does not exist.
  public func variance<Value: RandomValue>(_ variable: Random<Value>) -> Double {
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

  /// The probabilities of a finite variable's values.
  public func probabilities(_ variable: Random<Int>) -> [Double] {
    guard let handle = variable.handle else {
      return point(Int(Int64(bitPattern: variable.bits)))
    }
    let node = nodes[index(handle)]
    if node.kind == .known { return point(Int(node.a)) }
    precondition(node.kind == .finite, "a variable of infinitely many values, \(node.kind)")
    precondition(node.offset >= 0, "a variable that can be \(Int(node.offset))")
    return [Double](repeating: 0, count: Int(node.offset)) + marginal(handle.index)
  }

  private func point(_ value: Int) -> [Double] {
    [Double](repeating: 0, count: value) + [1]
  }

  /// The mean of what multiplies a block's covariance.
  private func expectedScale(_ node: Int) -> Double {
    let (shape, scale) = (nodes[node].a, nodes[node].b)
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

  private func moments(at index: Int) -> (mean: Double, variance: Double) {
    let node = nodes[index]
    let (a, b) = (node.a, node.b)
    if node.marginalChild >= 0 {
      return mixed(node, over: moments(at: Int(node.marginalChild)))
    }
    switch node.kind {
    case .free: return (.nan, .nan)
    case .child: return childMoments(node)
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
      let block = scaled[Int(node.block) - 1]
      return (
        block.rows.means[Int(node.row)],
        block.rows.variance(Int(node.row)) * expectedScale(block.scale)
      )
    case .beta: return (a / (a + b), a * b / ((a + b) * (a + b) * (a + b + 1)))
    case .gamma: return (a / b, a / (b * b))
    case .inverseGamma:
      let mean = a > 1 ? b / (a - 1) : .nan
      return (mean, a > 2 ? mean * mean / (a - 2) : .nan)
    case .dirichlet:
      let head = head(index)
      var total = 0.0
      for offset in 0..<Int(node.size) { total += nodes[head + offset].a }
      return (a / total, a * (total - a) / (total * total * (total + 1)))
    case .pareto:
      let mean = a > 1 ? a * b / (a - 1) : .nan
      return (mean, a > 2 ? b * b * a / ((a - 1) * (a - 1) * (a - 2)) : .nan)
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

  /// Of a parent that has not seen its child yet, averaged over the child.
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
    case .inverseGamma: return (.nan, .nan)
    default:
      // A gamma rate of a Poisson child.
      let rate = b + link
      return ((a + child.mean) / rate, (a + child.mean + child.variance) / (rate * rate))
    }
  }

  /// Of a child of one number, averaged over its parent; NaN where that has no closed form here.
  private func childMoments(_ node: Node) -> (mean: Double, variance: Double) {
    let (mean, variance) = moments(at: Int(node.parent))
    switch node.relation {
    case .bernoulli: return (mean, mean * (1 - mean))
    case .binomial:
      return (
        node.a * mean, node.a * mean * (1 - mean) + node.a * (node.a - 1) * variance
      )
    case .thinned:
      return (
        node.b * mean, node.b * (1 - node.b) * mean + node.b * node.b * variance
      )
    case .poisson where !node.isInverted:
      return (
        node.offset + node.b * mean, node.b * mean + node.b * node.b * variance
      )
    case .uniform:
      let square = variance + mean * mean
      return (mean / 2, square / 3 - mean * mean / 4)
    default: return (.nan, .nan)
    }
  }
}
