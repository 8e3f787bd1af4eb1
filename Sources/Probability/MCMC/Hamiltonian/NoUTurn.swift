import Glibc
import Randomness

/// A piece of a trajectory, and the point drawn from it.
private struct TrajectoryPiece {
  /// Momentum at an end, and velocity: momentum divided by mass.
  struct End {
    var momentum: [Double]
    var velocity: [Double]
  }

  /// The earliest and the latest point.
  var first: End
  var last: End
  /// The sum of all momenta.
  var momentumSum: [Double]
  /// The log of the sum of the weights of its points.
  var logWeight: Double
  var drawn: PhasePoint
}

/// What a growing trajectory counts.
private struct TrajectoryCounts {
  var acceptance = 0.0
  var steps = 0
  var isDivergent = false
}

extension HamiltonianChain {
  /// Doubles the trajectory, at random ends, until it turns back.
  mutating func moveWithoutUTurn(maximumDepth: Int) throws(ProgramError) -> Outcome {
    let before = logJoint(current)
    var counts = TrajectoryCounts()
    var (earliest, latest) = (current, current)
    var whole = piece(of: current, logWeight: 0)
    var isTruncated = true
    for depth in 0..<maximumDepth {
      let forward = stream.uniform() < 0.5
      let grown =
        forward
        ? try grow(&latest, depth, by: stepSize, before, &counts)
        : try grow(&earliest, depth, by: -stepSize, before, &counts)
      guard let grown else {
        isTruncated = false
        break
      }
      // The newer half is preferred: what is far away is worth more.
      let takesNew = stream.uniform() < exp(grown.logWeight - whole.logWeight)
      let drawn = takesNew ? grown.drawn : whole.drawn
      let (left, right) = forward ? (whole, grown) : (grown, whole)
      let turns = turnsBack(left, right)
      whole = joined(left, right, drawn: drawn)
      if turns {
        isTruncated = false
        break
      }
    }
    current = whole.drawn
    return Outcome(
      acceptance: counts.acceptance / Double(max(counts.steps, 1)),
      isDivergent: counts.isDivergent, isTruncated: isTruncated)
  }

  /// 2^`depth` more points after `point`, which becomes the last of them; nil if they turn back
  /// somewhere or diverge.
  private mutating func grow(
    _ point: inout PhasePoint, _ depth: Int, by size: Double, _ before: Double,
    _ counts: inout TrajectoryCounts
  ) throws(ProgramError) -> TrajectoryPiece? {
    if depth == 0 {
      try step(&point, by: size)
      let change = logJoint(point) - before
      counts.steps += 1
      // Also true for NaN.
      if !(change > -Self.largestError) {
        counts.isDivergent = true
        return nil
      }
      counts.acceptance += min(1, exp(change))
      return piece(of: point, logWeight: change)
    }
    guard let near = try grow(&point, depth - 1, by: size, before, &counts),
      let far = try grow(&point, depth - 1, by: size, before, &counts)
    else { return nil }
    let (left, right) = size > 0 ? (near, far) : (far, near)
    if turnsBack(left, right) { return nil }
    let logWeight = LogWeight.sum(near.logWeight, far.logWeight)
    let takesFar = stream.uniform() < exp(far.logWeight - logWeight)
    return joined(left, right, drawn: takesFar ? far.drawn : near.drawn)
  }

  private func piece(of point: PhasePoint, logWeight: Double) -> TrajectoryPiece {
    let end = TrajectoryPiece.End(
      momentum: point.momentum,
      velocity: zip(point.momentum, inverseMasses).map { $0 * $1 })
    return TrajectoryPiece(
      first: end, last: end, momentumSum: point.momentum, logWeight: logWeight, drawn: point)
  }

  private func joined(
    _ left: TrajectoryPiece, _ right: TrajectoryPiece, drawn: PhasePoint
  ) -> TrajectoryPiece {
    TrajectoryPiece(
      first: left.first, last: right.last,
      momentumSum: zip(left.momentumSum, right.momentumSum).map { $0 + $1 },
      logWeight: LogWeight.sum(left.logWeight, right.logWeight), drawn: drawn)
  }

  /// Whether the ends of the joined trajectory approach each other, or those of a half and the
  /// neighboring point of the other.
  private func turnsBack(_ left: TrajectoryPiece, _ right: TrajectoryPiece) -> Bool {
    !goesOn(left.first, right.last, left.momentumSum, right.momentumSum)
      || !goesOn(left.first, right.first, left.momentumSum, right.first.momentum)
      || !goesOn(left.last, right.last, right.momentumSum, left.last.momentum)
  }

  /// Whether both velocities point along the sum of the momenta.
  private func goesOn(
    _ first: TrajectoryPiece.End, _ last: TrajectoryPiece.End, _ sum: [Double], _ more: [Double]
  ) -> Bool {
    var (atFirst, atLast) = (0.0, 0.0)
    for index in sum.indices {
      let total = sum[index] + more[index]
      atFirst += first.velocity[index] * total
      atLast += last.velocity[index] * total
    }
    return atFirst > 0 && atLast > 0
  }
}
