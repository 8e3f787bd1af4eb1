import Foundation
import Hashing
import Minimo
import Testing

/// What a run records besides theorems is what training would have recorded, or gets a name.
@Suite struct RecordVerificationTests {
  /// Commits changed copies of the iterations of a small run; all hashes are right.
  private func forge(
    at path: String, like original: String, sealing: Bool = true,
    _ change: (inout IterationRecord) throws -> Void
  ) throws {
    let run = try Run.open(at: original, mode: .read)
    let forged = try Run.create(at: path, description: run.description, theory: run.theory)
    for iteration in 0...2 {
      var record = try run.record(iteration)
      try change(&record)
      try forged.commit(record)
    }
    if sealing { #expect(try forged.seal()) }
  }

  private func train(at path: String) throws {
    var configuration = tinyConfiguration
    configuration.conjectures = 12
    try Trainer(
      domain: Domain(named: "groups"), configuration: configuration, threads: 2
    ).train(at: path)
  }

  /// What is wrong, each with its place in the database, without the path of the run.
  private func failures(at path: String) throws -> [String] {
    try RunVerification(at: path, threads: 2).failures.map {
      $0.description.replacing(path + "/run.sqlite, ", with: "")
    }
  }

  struct Forgery: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Changes an iteration with proofs; returns all failures to expect.
    let change: @Sendable (inout IterationRecord) throws -> [String]

    init(_ name: String, _ change: @escaping @Sendable (inout IterationRecord) throws -> [String]) {
      testDescription = name
      self.change = change
    }
  }

  private static func state(_ statement: String, _ row: inout ConjectureRow) {
    row.statement = statement
    row.statementHash = SHA256.hash(statement).hex
  }

  /// The index of an open conjecture.
  private static func open(_ record: IterationRecord) throws -> Int {
    try #require(record.outcomes.firstIndex { $0.kind == .open })
  }

  static let forgeries: [Forgery] = [
    Forgery("more expansions than 64 bits hold") { record in
      for index in 0..<2 { record.outcomes[index].expansions = .max }
      return ["metric 1, expansions: the rows say more than 64 bits hold"]
    },
    Forgery("metrics left out") { record in
      let names = ["posed", "capped", "steps.longest", "grading.easy"]
      let left = names.map { name in record.metrics.first { $0.name == name }! }
      record.metrics.removeAll { names.contains($0.name) }
      return [
        "metric 1, posed: it is missing; the rows say \(left[0].value)",
        "metric 1, capped: it is missing",
        "metric 1, grading.easy: it is missing; the rows say \(left[3].value)",
        "metric 1, steps.longest: it is missing",
      ]
    },
    Forgery("figures of no proof here") { record in
      func set(_ name: String, _ value: Double) {
        record.metrics[record.metrics.firstIndex { $0.name == name }!].value = value
      }
      let hard = record.metrics.first { $0.name == "grading.hard" }!.value
      let drawn = record.metrics.first { $0.name == "pose.drawn" }!.value
      set("pose.drawn", 1e6)
      set("pose.trivial", -1)
      set("grading.hard", -50)
      set("logProbability.mean", 1)
      set("steps.longest", 1e6)
      let proved = record.outcomes.filter { $0.kind == .proved }
      let mean = proved.reduce(0) { $0 + $1.logProbability! } / Double(proved.count)
      let trivial = Double(record.conjectures.count { $0.source != "conjecturer" })
      let steps = record.proofs.filter { if case .conjecture = $0.subject { true } else { false } }
        .map { $0.script.matches(of: #/(?m)^ *(intro|construct|show|apply) /#).count }.max()!
      return [
        "metric 1, pose.drawn: it says 1000000.0, the rows say \(drawn)",
        "metric 1, pose.trivial: it says -1.0, the rows say \(trivial)",
        "metric 1, grading.hard: it says -50.0, the rows say \(hard)",
        "metric 1, logProbability.mean: it says 1.0, the rows say \(mean)",
        "metric 1, steps.longest: it says 1000000.0, the rows allow 0 to \(Double(steps))",
      ]
    },
    Forgery("grades of its own") { record in
      let index = record.hindsight.firstIndex { $0.difficulty != "hard" }!
      let (id, grade) = (record.hindsight[index].id, record.hindsight[index].difficulty!)
      record.hindsight[index].difficulty = "hard"
      let open = try open(record)
      record.outcomes[open].difficulty = "easy"
      return [
        "hindsight \(id): it is graded hard, its log-probability says \(grade)",
        "outcome \(record.outcomes[open].job): it is not proved and has the grade of a proof",
      ]
    },
    Forgery("numbers of examples") { record in
      let counts = record.exampleCounts
      record.exampleCounts = counts.compactMap {
        if $0.kind == "policy" { return nil }
        var row = $0
        row.count = .max
        return row
      }
      func count(_ kind: String) -> Int { counts.first { $0.kind == kind }!.count }
      return [
        "example_count 1, conjecture: it says \(Int.max), examples.bin has \(count("conjecture"))",
        "example_count 1, policy: it is missing, examples.bin has \(count("policy"))",
        "example_count 1, value: it says \(Int.max), examples.bin has \(count("value"))",
      ]
    },
    Forgery("an open conjecture that is none") { record in
      let open = try open(record)
      state("(= id", &record.conjectures[open])
      return [
        "conjecture \(record.conjectures[open].job): the statement cannot be read: "
          + "expected `)` for the `(` of 1:1, found the end of the source"
      ]
    },
    Forgery("an open conjecture that is no proposition") { record in
      let open = try open(record)
      state("(op id id)", &record.conjectures[open])
      return ["conjecture \(record.conjectures[open].job): the statement is no proposition"]
    },
    Forgery("an open conjecture with another hash") { record in
      let open = try open(record)
      record.conjectures[open].statementHash = "00"
      return [
        "conjecture \(record.conjectures[open].job): the statement does not have the hash recorded "
          + "with it"
      ]
    },
    Forgery("a conjecture twice, with other names") { record in
      let open = record.outcomes.indices.filter { record.outcomes[$0].kind == .open }
      let isTrivial = record.conjectures[open[0]].source != record.conjectures[open[1]].source
      try #require(!isTrivial)
      state("[('a : G) -> (= (op 'a 'a) 'a)]", &record.conjectures[open[0]])
      state("[('b : G) -> (= (op 'b 'b) 'b)]", &record.conjectures[open[1]])
      let jobs = open.map { record.conjectures[$0].job }
      return ["conjecture \(jobs[1]): it repeats conjecture \(jobs[0])"]
    },
    Forgery("an axiom as a conjecture") { record in
      let open = try open(record)
      state("[('x : G) -> (= (op id 'x) 'x)]", &record.conjectures[open])
      return ["conjecture \(record.conjectures[open].job): it repeats an axiom"]
    },
    Forgery("a theorem in hindsight twice") { record in
      let (first, last) = (record.hindsight.first!, record.hindsight.last!)
      try #require(first.id != last.id)
      record.hindsight[record.hindsight.count - 1].statement = first.statement
      record.hindsight[record.hindsight.count - 1].statementHash = first.statementHash
      var proof = record.proofs.first { $0.subject == .hindsight(first.id) }!
      proof.subject = .hindsight(last.id)
      record.proofs.removeAll { $0.subject == proof.subject }
      record.proofs.append(proof)
      return ["hindsight \(last.id): it repeats hindsight \(first.id)"]
    },
    Forgery("an equivalent sign in a proof") { record in
      let index = record.outcomes.firstIndex { $0.kind == .proved }!
      let job = record.conjectures[index].job
      let proof = record.proofs.firstIndex { $0.subject == .conjecture(job) }!
      record.proofs[proof].statement += " /* K */"
      state(record.conjectures[index].statement + " /* \u{212A} */", &record.conjectures[index])
      return ["conjecture \(job): the proof is one of another statement"]
    },
  ]

  /// An iteration with proved and open conjectures and with hindsight.
  @Test(arguments: forgeries)
  func whatTrainingWouldNotRecordIsNamed(_ forgery: Forgery) throws {
    let scratch = Scratch()
    let (original, path) = (scratch.path + "/original", scratch.path + "/forged")
    try train(at: original)
    var expected: [String] = []
    try forge(at: path, like: original) { record in
      if record.iteration == 1 { expected = try forgery.change(&record) }
    }
    let found = try failures(at: path)
    #expect(found == expected)
  }

  @Test func eventsAreComparedWithTheRows() throws {
    let scratch = Scratch()
    let (original, path) = (scratch.path + "/original", scratch.path + "/copy")
    try train(at: original)
    try forge(at: path, like: original, sealing: false) { _ in }
    let events = path + "/events.ndjson"
    let text = try String(contentsOfFile: events, encoding: .utf8)
    let forged = text.replacing("\"posed\":12.0", with: "\"posed\":13.0")
    #expect(forged != text)
    try forged.write(toFile: events, atomically: true, encoding: .utf8)
    #expect(
      try failures(at: path) == [
        "\(events): line 2 is not what run.sqlite has for iteration 1"
      ])
    try text.write(toFile: events, atomically: true, encoding: .utf8)
    #expect(try failures(at: path) == [])
  }

  @Test func otherAxiomsUnderAKnownNameGetAWarning() throws {
    let scratch = Scratch()
    let path = scratch.path + "/run"
    try train(at: path)
    let groups = try #require(try RunVerification(at: path, threads: 1).run)
    #expect(groups.axiomWarning == nil && groups.shippedTheoryHash == groups.theoryHash)
    #expect(groups.axiomSummary == "groups, theory hash \(groups.theoryHash)")
    let other = scratch.path + "/other"
    try Trainer(
      domain: Domain(name: "groups", text: middles), configuration: tinyConfiguration, threads: 2
    ).train(at: other)
    let verification = try RunVerification(at: other, threads: 1)
    #expect(verification.failures == [])
    let run = try #require(verification.run)
    #expect(run.theoryHash == SHA256.hash(middles).hex)
    #expect(
      run.axiomWarning
        == "the axioms of this run are not those of the domain groups of minimo \(Minimo.version), "
        + "whose theory hash is \(groups.theoryHash); theory.p in the run folder has them")
    let own = try Domain(name: "middles", text: middles)
    let description = RunDescription(
      programVersion: "", seed: 0, domain: own.name, theoryHash: own.hash)
    #expect(description.axiomWarning == nil && description.shippedTheoryHash == nil)
  }
}
