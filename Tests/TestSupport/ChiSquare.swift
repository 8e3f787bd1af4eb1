/// Pearson's statistic of observed `counts` against `probabilities`, in standard deviations above
/// its mean: about normal(0, 1) when the counts are drawn from the probabilities.
///
/// Categories that expect fewer than five are pooled with the next one. Impossible categories must
/// have count 0, else the result is infinite. With a single category left it is 0.
///
/// Source for the scale: Wilson, Hilferty, "The distribution of chi-square" (PNAS 1931).
public func chiSquareDeviation(_ counts: [Int], _ probabilities: [Double]) -> Double {
  precondition(counts.count == probabilities.count, "\(counts.count) != \(probabilities.count)")
  let total = Double(counts.reduce(0, +))
  var pools: [(count: Double, expected: Double)] = []
  let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
  for index in order {
    if probabilities[index] == 0 {
      if counts[index] > 0 { return .infinity }
      continue
    }
    let category = (count: Double(counts[index]), expected: total * probabilities[index])
    if let last = pools.last, last.expected < 5 {
      pools[pools.count - 1] = (last.count + category.count, last.expected + category.expected)
    } else {
      pools.append(category)
    }
  }
  let freedom = Double(pools.count - 1)
  if freedom < 1 { return 0 }
  var statistic = 0.0
  for (count, expected) in pools {
    statistic += (count - expected) * (count - expected) / expected
  }
  let spread = 2 / (9 * freedom)
  return (cubeRoot(statistic / freedom) - (1 - spread)) / spread.squareRoot()
}

private func cubeRoot(_ value: Double) -> Double {
  if value == 0 { return 0 }
  // Newton's method from above falls steadily until rounding stops it.
  var root = max(value, 1)
  while true {
    let next = root - (root * root * root - value) / (3 * root * root)
    if next >= root { return root }
    root = next
  }
}
