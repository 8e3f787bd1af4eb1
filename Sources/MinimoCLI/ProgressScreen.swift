import Minimo

/// The last line of a terminal, rewritten in place without escape codes.
struct ProgressScreen {
  private var shown = 0

  /// Text that stays, above the live line.
  mutating func print(_ text: String) {
    clear()
    Standard.error.write(text)
  }

  /// Parts from left to right; those that do not fit are left out, the last ones first.
  mutating func show(_ parts: [String]) {
    var parts = parts
    let width = Standard.error.width - 1
    while parts.count > 1, parts.joined(separator: "  ").count > width { parts.removeLast() }
    let text = String(parts.joined(separator: "  ").prefix(width))
    let padding = String(repeating: " ", count: max(0, shown - text.count))
    Standard.error.write("\r" + text + padding)
    shown = text.count
  }

  mutating func clear() {
    if shown > 0 { Standard.error.write("\r" + String(repeating: " ", count: shown) + "\r") }
    shown = 0
  }

  func bold(_ text: String) -> String {
    Standard.error.hasColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text
  }
}

/// How long training will go on, from how long its phases took so far.
struct TimeEstimate {
  enum Phase: Int, CaseIterable {
    case pose, prove, relabel, learn
  }

  /// Iterations that are not finished.
  var iterationsLeft = 0
  /// How much of the current phase is done.
  var phaseShare = 0.0

  /// The share of each phase in an iteration: a guess at first, then as in the last one.
  private var shares = [0.01, 0.6, 0.01, 0.38]
  private var phase = Phase.pose
  private var phaseStart = 0.0
  private var iterationStart: Double?
  private var durations = [Double](repeating: 0, count: Phase.allCases.count)
  private var lastIteration: Double?

  mutating func enter(_ next: Phase, at seconds: Double) {
    if iterationStart == nil {
      iterationStart = seconds
    } else if next == phase {
      return
    } else {
      durations[phase.rawValue] = seconds - phaseStart
    }
    phase = next
    phaseStart = seconds
    phaseShare = 0
  }

  mutating func finishIteration(at seconds: Double) {
    durations[phase.rawValue] = seconds - phaseStart
    let total = durations.reduce(0, +)
    if total > 0 { shares = durations.map { $0 / total } }
    lastIteration = total
    iterationsLeft -= 1
    iterationStart = nil
    phase = .pose
    phaseShare = 0
    durations = durations.map { _ in 0 }
  }

  /// Nil until there is something to go by.
  func secondsLeft(at seconds: Double) -> Double? {
    guard let iterationStart else {
      return lastIteration.map { $0 * Double(iterationsLeft) }
    }
    let done = shares[..<phase.rawValue].reduce(0, +) + shares[phase.rawValue] * phaseShare
    let elapsed = seconds - iterationStart
    guard done > 0.05, elapsed > 1 else {
      return lastIteration.map { $0 * Double(iterationsLeft) - elapsed }
    }
    let iteration = elapsed / done
    return iteration - elapsed + Double(iterationsLeft - 1) * (lastIteration ?? iteration)
  }
}
