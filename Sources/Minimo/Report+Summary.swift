import RunStore

extension RunReport {
  /// The run in one line.
  var summary: String {
    let posed = iterations.reduce(0) { $0 + $1.posed }
    let learned = iterations.count { $0.number > 0 }
    let planned: String? =
      if case .integer(let count)? = run.configuration["iterations"], count >= learned {
        "\(learned.grouped) of \(Int(count).counted("iteration"))"
      } else { nil }
    var parts = [planned ?? learned.counted("iteration")]
    if posed > 0 {
      parts.append("\(posed.counted("conjecture")) posed")
      let share = Double(conjectures.count) / Double(posed)
      parts.append("\(conjectures.count.grouped) proved (\(share.percentage))")
      parts.append("\(hindsight.count.counted("theorem")) in hindsight")
    }
    return parts.joined(separator: ", ")
  }

  /// Wall-clock seconds of all phases.
  var totalSeconds: Double { iterations.reduce(0) { $0 + $1.totalSeconds } }

  /// The settings with the paths of nested ones joined by dots, sorted by name, free of control
  /// characters.
  var settings: [(name: String, value: String)] { flattened(run.configuration) }
}

private func flattened(_ settings: [String: JSONValue]) -> [(name: String, value: String)] {
  settings.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.flatMap { name, value in
    let name = name.plain()
    return switch value {
    case .object(let members):
      flattened(members).map { ("\(name).\($0.name)", $0.value) }
    case .string(let text): [(name, text.plain())]
    default: [(name, value.text().plain())]
    }
  }
}

extension [RunReport.Theorem] {
  /// The theorems, each statement once.
  var withoutRepetition: [RunReport.Theorem] {
    var seen: Set<String> = []
    return filter { seen.insert($0.statementHash).inserted }
  }
}
