import CTensorKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Losses, one weighted value per example; sum them to differentiate.
extension Tape {
  /// w (log Σ exp z - z[target]) for each row z of logits [n, classes]. The result is [n].
  public mutating func crossEntropy(
    _ logits: Variable, targets: [Int32], weights: [Float]
  ) -> Variable {
    let input = self[logits], shape = input.shape
    precondition(
      shape.rank == 2 && shape[0] == targets.count && targets.count == weights.count,
      "crossEntropy: logits \(shape), \(targets.count) targets, \(weights.count) weights")
    for target in targets {
      precondition(
        target >= 0 && target < shape[1], "crossEntropy: target \(target) of \(shape[1]) classes")
    }
    @Sendable func run(
      _ weights: UnsafePointer<Float>, _ losses: UnsafeMutablePointer<Float>,
      _ gradient: UnsafeMutablePointer<Float>?
    ) {
      withPointers(input) { input in
        targets.withUnsafeBufferPointer { targets in
          guard let targets = targets.baseAddress else { return }
          tk_current().pointee.cross_entropy(
            Int64(shape[0]), Int64(shape[1]), input, targets, weights, losses, gradient)
        }
      }
    }
    let weights = Tensor(weights)
    let value = withPointers(weights) { weights in
      Tensor([shape[0]]) { run(weights, $0, nil) }
    }
    return record(value, inputs: logits) { gradient, adjoints in
      let scaled = withPointers(weights, gradient) { a, b in
        Tensor([shape[0]]) { tk_current().pointee.multiply(Int64(shape[0]), a, b, $0) }
      }
      let result = withPointers(scaled) { scaled in
        Tensor(shape) { target in withScratch(shape[0]) { run(scaled, $0, target) } }
      }
      adjoints.add(result, to: logits)
    }
  }

  /// w (log(1 + exp z) - t z) for each logit z and target t in 0...1. The result is [n].
  public mutating func binaryCrossEntropy(
    _ logits: Variable, targets: [Float], weights: [Float]
  ) -> Variable {
    let input = self[logits], z = input.values
    precondition(
      z.count == targets.count && z.count == weights.count,
      "binaryCrossEntropy: \(z.count) logits, \(targets.count) targets, \(weights.count) weights")
    for target in targets {
      precondition(target >= 0 && target <= 1, "binaryCrossEntropy: target \(target)")
    }
    let losses = z.indices.map { i in
      let x = Double(z[i])
      let softplus = max(x, 0) + log1p(exponential(-abs(x)))
      return Float(Double(weights[i]) * (softplus - Double(targets[i]) * x))
    }
    return record(Tensor(losses), inputs: logits) { gradient, adjoints in
      let slopes = z.indices.map { i in
        let probability = 1 / (1 + exponential(-Double(z[i])))
        return Float(Double(weights[i]) * (probability - Double(targets[i]))) * gradient[i]
      }
      adjoints.add(Tensor(slopes, shape: input.shape), to: logits)
    }
  }

  /// -w Σ p log softmax(z) over each group of consecutive scores. The result is [groups].
  ///
  /// - Parameter probabilities: the targets p, one per score, summing to 1 in each group.
  public mutating func groupedCrossEntropy(
    _ scores: Variable, groups: [Range<Int>], probabilities: [Float], weights: [Float]
  ) -> Variable {
    let input = self[scores], z = input.values.map(Double.init)
    precondition(
      probabilities.count == z.count && weights.count == groups.count,
      "groupedCrossEntropy: \(z.count) scores, \(probabilities.count) probabilities, "
        + "\(groups.count) groups, \(weights.count) weights")
    var losses: [Float] = []
    var softmax = Array(repeating: 0.0, count: z.count)
    for (group, weight) in zip(groups, weights) {
      precondition(
        !group.isEmpty && group.lowerBound >= 0 && group.upperBound <= z.count,
        "groupedCrossEntropy: group \(group) of \(z.count) scores")
      let largest = group.reduce(-Double.infinity) { max($0, z[$1]) }
      let total = group.reduce(0) { $0 + exponential(z[$1] - largest) }
      let logTotal = largest + logarithm(total)
      var loss = 0.0
      for i in group {
        softmax[i] = exponential(z[i] - logTotal)
        loss -= Double(probabilities[i]) * (z[i] - logTotal)
      }
      losses.append(Float(Double(weight) * loss))
    }
    return record(Tensor(losses), inputs: scores) { [softmax] gradient, adjoints in
      var slopes = Array(repeating: Float(0), count: softmax.count)
      for (index, group) in groups.enumerated() {
        let mass = group.reduce(0) { $0 + Double(probabilities[$1]) }
        let factor = Double(weights[index]) * Double(gradient[index])
        for i in group {
          slopes[i] += Float(factor * (softmax[i] * mass - Double(probabilities[i])))
        }
      }
      adjoints.add(Tensor(slopes, shape: input.shape), to: scores)
    }
  }
}

// Inside an extension of Tape the names exp and log mean its own operations.
private func exponential(_ x: Double) -> Double { exp(x) }
private func logarithm(_ x: Double) -> Double { log(x) }
