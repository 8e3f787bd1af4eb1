/// Pearson's statistic of observed `counts` against `probabilities`, in standard deviations above
/// its mean: about normal(0, 1) when the counts are drawn from the probabilities.
///
/// Uses the cube-root approximation of Wilson and Hilferty (PNAS 1931). With one category the
/// statistic is 0. Impossible categories must have count 0, else the result is infinite.
public func chiSquareDeviation(_ counts: [Int], _ probabilities: [Double]) -> Double {
  precondition(counts.count == probabilities.count, "\(counts.count) != \(probabilities.count)")
  let total = Double(counts.reduce(0, +))
  var statistic = 0.0
  var freedom = -1.0
  for (count, probability) in zip(counts, probabilities) {
    if probability == 0 {
      if count > 0 { return .infinity }
      continue
    }
    let expected = total * probability
    let difference = Double(count) - expected
    statistic += difference * difference / expected
    freedom += 1
  }
  if freedom < 1 { return 0 }
  let spread = 2 / (9 * freedom)
  return (cubeRoot(statistic / freedom) - (1 - spread)) / spread.squareRoot()
}

private func cubeRoot(_ value: Double) -> Double {
  if value == 0 { return 0 }
  var root = max(value, 1)
  for _ in 0..<200 { root -= (root * root * root - value) / (3 * root * root) }
  return root
}
