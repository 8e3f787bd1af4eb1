import RunStore

extension RunReport {
  /// The report for tools: JSON with sorted keys, one member per line.
  ///
  /// Log-probabilities are natural. The seed is text, because readers of JSON round integers over
  /// 2^53. What is not a finite number is null.
  public var json: String {
    let value: JSONValue = [
      "runHash": .string(runHash), "domain": .string(run.domain),
      "seed": .string(String(run.seed)), "programVersion": .string(run.programVersion),
      "theoryHash": .string(run.theoryHash), "configuration": .object(run.configuration),
      "iterations": .array(iterations.map(\.json)),
      "theorems": [
        "conjectures": .array(conjectures.map(\.json)),
        "hindsight": .array(hindsight.map(\.json)),
      ],
      "truth": truth?.json ?? .null, "falseTheorems": .array(falseTheorems.map(\.json)),
      "failures": .array(
        failures.map {
          [
            "id": .string($0.job.description), "statement": .string($0.statement),
            "message": .optional($0.message),
          ]
        }),
    ]
    return value.text(indented: true) + "\n"
  }
}

extension RunReport.Iteration {
  fileprivate var json: JSONValue {
    [
      "iteration": .integer(number), "chain": .string(chain), "posed": .integer(posed),
      "outcomes": .object(
        Dictionary(
          uniqueKeysWithValues: OutcomeKind.allCases.map {
            ($0.rawValue, .integer(outcomes[$0] ?? 0))
          })),
      "shareProved": .optional(shareProved), "hindsight": .integer(hindsight),
      "expansions": .integer(expansions), "logProbability": logProbabilities?.json ?? .null,
      "difficulty": [
        "proved": .object(provedDifficulties.mapValues { .integer($0) }),
        "hindsight": .object(hindsightDifficulties.mapValues { .integer($0) }),
      ],
      "examples": .object(examples.mapValues { .integer($0) }),
      "metrics": .object(metrics.mapValues { .number($0) }),
      "wallClockSeconds": .object(seconds.mapValues { .number($0) }),
      "truth": truth?.json ?? .null,
    ]
  }
}

extension RunReport.Summary {
  fileprivate var json: JSONValue {
    [
      "mean": .number(mean), "lowest": .number(lowest), "tenth": .number(tenth),
      "median": .number(median), "ninetieth": .number(ninetieth), "highest": .number(highest),
    ]
  }
}

extension RunReport.Theorem {
  fileprivate var json: JSONValue {
    [
      "id": .string(subject.name), "statement": .string(statement),
      "statementHash": .string(statementHash), "logProbability": .optional(logProbability),
      "difficulty": .optional(difficulty), "steps": steps.map { .integer($0) } ?? .null,
      "script": .optional(script),
    ]
  }
}

extension JSONValue {
  static func integer(_ value: Int) -> JSONValue { .integer(Int64(value)) }
  fileprivate static func optional(_ value: String?) -> JSONValue {
    value.map { .string($0) } ?? .null
  }
  static func optional(_ value: Double?) -> JSONValue {
    value.map { .number($0) } ?? .null
  }
}

extension ProofRow.Subject {
  /// Where the theorem comes from: iteration, slot and, for hindsight, number; such as `3/17/0`.
  var name: String {
    switch self {
    case .conjecture(let job): job.description
    case .hindsight(let id): id.description
    }
  }
}
