import Agent
import Conjecturing
import Hashing
import RunStore

/// The rows of a run up to the iteration that was the last when reading began.
struct RecordedClaims {
  let last: Int
  let theorems: [StoredTheorem]
  let conjectures: [StoredConjecture]
  let hindsight: [HindsightRow]
  let metrics: [MetricRow]
  let exampleCounts: [ExampleCountRow]

  init(of run: Run) throws(MinimoError) {
    self = try stored { () throws(StoreError) in try RecordedClaims(reading: run) }
  }

  private init(reading run: Run) throws(StoreError) {
    // A writer may commit another one in between.
    let last = try run.lastCommittedIteration ?? -1
    self.last = last
    theorems = try run.proofs().filter { $0.subject.job.iteration <= last }.map {
      StoredTheorem($0)
    }
    conjectures = try run.conjectures().filter { $0.conjecture.job.iteration <= last }
    hindsight = try run.hindsight().filter { $0.id.job.iteration <= last }
    metrics = try run.metrics().filter { $0.iteration <= last }
    exampleCounts = try run.exampleCounts().filter { $0.iteration <= last }
  }
}

extension RunVerification {
  /// Adds a failure in the database; the rows have been read, so that the run is known.
  mutating func fail(_ place: String, _ reason: String) {
    failures.append(Failure(place: "\(path)/run.sqlite, \(place)", reason: reason))
  }

  /// Compares outcomes and theorems in hindsight with the proofs.
  mutating func verifyProofs(of claims: RecordedClaims) {
    let proofs = Dictionary(claims.theorems.map { ($0.subject, $0) }) { first, _ in first }
    func flaw(_ statement: String, _ proof: StoredTheorem?) -> String? {
      guard let proof else { return "it is recorded as proved, without a proof" }
      // By bytes: Swift's strings are equal where Unicode calls them equivalent.
      return proof.statement.utf8.elementsEqual(statement.utf8)
        ? nil : "the proof is one of another statement"
    }
    let proved = claims.conjectures.filter { $0.outcome.kind == .proved }
    for row in proved {
      let job = row.conjecture.job
      if let reason = flaw(row.conjecture.statement, proofs[.conjecture(job)]) {
        fail("conjecture \(job)", reason)
      }
    }
    for row in claims.hindsight {
      if let reason = flaw(row.statement, proofs[.hindsight(row.id)]) {
        fail("hindsight \(row.id)", reason)
      }
    }
    provedCount = proved.count
    hindsightCount = claims.hindsight.count
    if claims.theorems.count != provedCount + hindsightCount {
      fail(
        "table proof",
        "\(claims.theorems.count) proofs of \(provedCount) conjectures and \(hindsightCount) "
          + "theorems in hindsight")
    }
  }

  /// Compares the numbers recorded with what the rows say, iteration by iteration.
  ///
  /// - Parameter trivial: the numbers of trivial conjectures by iteration.
  mutating func verifyFigures(of claims: RecordedClaims, trivial: [Int: Int]) {
    let conjectures = Dictionary(grouping: claims.conjectures, by: \.conjecture.job.iteration)
    let hindsight = Dictionary(grouping: claims.hindsight, by: \.id.job.iteration)
    let metrics = Dictionary(grouping: claims.metrics, by: \.iteration)
    let theorems = Dictionary(grouping: claims.theorems, by: \.subject.job.iteration)
    if conjectures[0] != nil || metrics[0] != nil {
      fail("iteration 0", "it has conjectures or metrics, before any were posed")
    }
    for iteration in 1..<max(1, claims.last + 1) {
      verifyFigures(
        of: iteration, conjectures[iteration] ?? [], trivial: trivial[iteration] ?? 0,
        hindsight[iteration] ?? [], theorems[iteration] ?? [],
        Dictionary((metrics[iteration] ?? []).map { ($0.name, $0.value) }) { first, _ in first })
    }
  }

  private mutating func verifyFigures(
    of iteration: Int, _ conjectures: [StoredConjecture], trivial: Int,
    _ hindsight: [HindsightRow], _ theorems: [StoredTheorem], _ metrics: [String: Double]
  ) {
    func place(_ name: String) -> String { "metric \(iteration), \(name)" }
    func expect(_ name: String, _ value: Double) {
      guard let recorded = metrics[name] else {
        return fail(place(name), "it is missing; the rows say \(value)")
      }
      if recorded != value { fail(place(name), "it says \(recorded), the rows say \(value)") }
    }
    func expect(_ name: String, atMost bound: Double) {
      guard let recorded = metrics[name] else { return fail(place(name), "it is missing") }
      if !(0...bound).contains(recorded) {
        fail(place(name), "it says \(recorded), the rows allow 0 to \(bound)")
      }
    }
    func count(_ kinds: OutcomeKind...) -> Double {
      Double(conjectures.count { kinds.contains($0.outcome.kind) })
    }
    expect("posed", Double(conjectures.count))
    expect("proved", count(.proved))
    expect("open", count(.open))
    expect("dead", count(.dead))
    // What the kernel refuses is our failure.
    expect("refused", count(.failed, .refused))
    expect("hindsight", Double(hindsight.count))
    var expansions: Int? = 0
    for row in conjectures {
      expansions = expansions.flatMap {
        let (sum, overflow) = $0.addingReportingOverflow(row.outcome.expansions)
        return overflow ? nil : sum
      }
    }
    if let expansions {
      expect("expansions", Double(expansions))
    } else {
      fail(place("expansions"), "the rows say more than 64 bits hold")
    }
    expect("capped", atMost: .greatestFiniteMagnitude)
    // Every draw was posed, repeated another or was trivial and drawn again.
    expect("pose.duplicates", atMost: .greatestFiniteMagnitude)
    expect("pose.trivialRedrawn", atMost: .greatestFiniteMagnitude)
    expect(
      "pose.drawn",
      Double(conjectures.count) + (metrics["pose.duplicates"] ?? 0)
        + (metrics["pose.trivialRedrawn"] ?? 0))
    expect("pose.trivial", Double(trivial))

    let proved = conjectures.filter { $0.outcome.kind == .proved }
    let grading = verifyGrades(conjectures, hindsight)
    guard !proved.isEmpty else { return }
    expect("grading.hard", grading.hard)
    expect("grading.easy", grading.easy)
    expect(
      "logProbability.mean",
      proved.reduce(0) { $0 + ($1.outcome.logProbability ?? .nan) } / Double(proved.count))
    // A step that several goals need counts once and is written at each.
    let steps = theorems.compactMap { theorem -> Int? in
      if case .conjecture = theorem.subject { theorem.steps } else { nil }
    }
    expect("steps.longest", atMost: Double(steps.max() ?? 0))
    expect("steps.mean", atMost: Double(steps.reduce(0, +)) / Double(proved.count))
  }

  /// Grades all proofs of an iteration as training did, and compares the grades.
  private mutating func verifyGrades(
    _ conjectures: [StoredConjecture], _ hindsight: [HindsightRow]
  ) -> Grading {
    let proofs =
      conjectures.filter { $0.outcome.kind == .proved }.map {
        ("outcome \($0.outcome.job)", $0.outcome.logProbability, $0.outcome.difficulty)
      }
      + hindsight.map { ("hindsight \($0.id)", $0.logProbability, $0.difficulty) }
    let grading = Grading(proofs.compactMap(\.1))
    for (place, logProbability, difficulty) in proofs {
      guard let logProbability else {
        fail(place, "it is proved and has no log-probability")
        continue
      }
      let expected = grading.difficulty(of: logProbability).rawValue
      if difficulty != expected {
        fail(
          place,
          "it is graded \(difficulty ?? "not at all"), its log-probability says \(expected)")
      }
    }
    for row in conjectures where row.outcome.kind != .proved {
      if row.outcome.logProbability != nil || row.outcome.difficulty != nil {
        fail("outcome \(row.outcome.job)", "it is not proved and has the grade of a proof")
      }
    }
    return grading
  }

  /// Compares the numbers of examples with the examples, and what they say of each conjecture with
  /// its outcome.
  mutating func verifyExamples(of claims: RecordedClaims, _ run: Run) throws(MinimoError) {
    let conjectures = Dictionary(grouping: claims.conjectures, by: \.conjecture.job.iteration)
    let counts = Dictionary(grouping: claims.exampleCounts, by: \.iteration)
    if counts[0] != nil { fail("iteration 0", "it has examples, before anything was learned") }
    for iteration in 1..<max(1, claims.last + 1) {
      let file = "examples.bin"
      let files: [CheckpointFile]
      do throws(StoreError) {
        files = try run.readCheckpoint(iteration, names: [file])
      } catch .damaged {
        // Named where all files are compared with their hashes.
        continue
      } catch {
        throw .store(error)
      }
      let examples: ExampleSet
      do {
        examples = try ExampleSet(bytes: files.first?.bytes ?? [])
      } catch {
        failures.append(
          Failure(
            place: "\(path)/checkpoints/\(iteration)/\(file)", reason: "\(error)"))
        continue
      }
      let chosen = examples.proofs.count { $0.chosen != nil }
      let expected = [
        ("conjecture", examples.conjectures.count), ("policy", chosen),
        ("value", examples.proofs.count - chosen),
      ]
      for (kind, count) in expected {
        let recorded = counts[iteration]?.first { $0.kind == kind }?.count
        if recorded != count {
          fail(
            "example_count \(iteration), \(kind)",
            (recorded.map { "it says \($0)" } ?? "it is missing") + ", \(file) has \(count)")
        }
      }
      let rows = conjectures[iteration] ?? []
      if examples.attempts.count != rows.count {
        fail(
          "iteration \(iteration)",
          "\(rows.count) conjectures, \(file) knows of \(examples.attempts.count)")
      }
      for (row, attempt) in zip(rows, examples.attempts)
      where attempt.isProved != (row.outcome.kind == .proved) {
        fail(
          "outcome \(row.outcome.job)",
          "it is \(row.outcome.kind.rawValue), \(file) says "
            + (attempt.isProved ? "that it was proved" : "otherwise"))
      }
    }
  }
}

extension StoredTheorem {
  /// Steps of the script, as the report counts them.
  fileprivate var steps: Int? {
    RunReport.Theorem(
      subject: subject, statement: statement, statementHash: "", logProbability: nil,
      difficulty: nil, script: script
    ).steps
  }
}
