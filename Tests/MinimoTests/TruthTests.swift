import Foundation
import Hashing
import RunStore
import Testing

@testable import Minimo

/// The truth of what a run posed and proved.
@Suite struct TruthTests {
  private let fixture = TruthFixture()

  @Test func countsAreThoseOfTheRows() throws {
    let path = try fixture.makeRun(
      conjectures: [
        (TruthFixture.truth, .proved), (TruthFixture.truth, .open),
        (TruthFixture.falsehood, .dead), (TruthFixture.unfit, .open),
      ], hindsight: [TruthFixture.truth])
    try fixture.withProver("Theorem") { (tools, calls) throws in
      let record = try SavedRun(at: path).classifyStatements(tools: tools)
      // Each distinct statement once, and only what evaluation left open.
      #expect(record.entries.count == 3)
      #expect(calls() == 1)
      let report = try RunReport(Run.open(at: path, mode: .read))
      let truth = try #require(report.truth)
      let verdicts: [Verdict] = [
        .holds(by: ""), .holds(by: ""), .fails(Countermodel(name: "")), .unfit(""),
      ]
      #expect(truth.posed == TruthCounts(verdicts))
      #expect(truth.proved == TruthCounts([.holds(by: "")]))
      #expect(truth.hindsight == TruthCounts([.holds(by: "")]))
      #expect(truth.recall == 0.5)
      #expect(report.falseTheorems.isEmpty)
      #expect(report.iterations[1].truth == truth)
      #expect(
        report.text.contains(
          "Of 4 conjectures posed, 2 are true (50.0 %), 1 false (25.0 %), 0 open, 1 do not fit"))
      #expect(!report.text.contains("!!!"))
      #expect(report.html.contains("<h2>Truth</h2>"))
      #expect(report.json.contains("\"recall\": 0.5"))
    }
  }

  /// What must never happen, planted: a false statement recorded as proved.
  @Test func falseTheoremsAreAnAlarm() throws {
    let path = try fixture.makeRun(
      conjectures: [(TruthFixture.truth, .proved), (TruthFixture.falsehood, .proved)],
      hindsight: [TruthFixture.falsehood])
    _ = try SavedRun(at: path).classifyStatements(tools: .none)
    let report = try RunReport(Run.open(at: path, mode: .read))
    #expect(report.falseTheorems.map(\.subject.name) == ["1/1", "1/0/0"])
    #expect(report.falseTheorems.map(\.countermodel.name) == ["Z3", "Z3"])
    #expect(report.truth?.proved.fails == 1)
    #expect(report.truth?.hindsight.fails == 1)
    #expect(report.text.contains("!!! 2 theorems of this run fail in a model of the axioms"))
    #expect(report.text.contains("fails in Z3 with 'a0 = 1"))
    #expect(report.truthReport.hasPrefix("!!! 2 theorems"))
    #expect(report.html.contains("<h2>2 false theorems: a bug of ours</h2>"))
    #expect(report.json.contains("\"model\": \"Z3\""))
  }

  @Test func whatIsClassifiedIsNotDoneAgain() throws {
    let path = try fixture.makeRun(conjectures: [
      (TruthFixture.truth, .open), (TruthFixture.falsehood, .open),
    ])
    try fixture.withProver("ResourceOut") { (tools, calls) throws in
      var tools = tools
      let saved = try SavedRun(at: path)
      let first = try saved.classifyStatements(tools: tools)
      #expect(calls() == 1)
      #expect(first.entries[SHA256.hash(TruthFixture.truth).hex]?.verdict == .open)
      let second = try saved.classifyStatements(tools: tools)
      #expect(calls() == 1)
      #expect(second.entries == first.entries)
      #expect(try TruthRecord(of: saved.run)?.entries == first.entries)
      // With more time, what is open is asked again.
      tools.seconds = 6
      _ = try saved.classifyStatements(tools: tools)
      #expect(calls() == 2)
    }
  }

  /// Interrupted, it keeps what it found out.
  @Test func interruption() throws {
    let statements = (0..<40).map { number in
      "[('a0 : G) -> (= (op 'a0 \(String(repeating: "(op 'a0 ", count: number))'a0"
        + String(repeating: ")", count: number) + ") id)]"
    }
    let path = try fixture.makeRun(conjectures: statements.map { ($0, .open) })
    let saved = try SavedRun(at: path)
    let error = failure { () throws(MinimoError) in
      try saved.classifyStatements(tools: .none) { (progress) throws(MinimoError) in
        if progress.classified > 0 { throw .interrupted }
      }
    }
    guard case .interrupted? = error else {
      Issue.record("not interrupted: \(String(describing: error))")
      return
    }
    let kept = try #require(try TruthRecord(of: saved.run)).entries.count
    #expect(kept > 0 && kept < 40)
    let all = try saved.classifyStatements(tools: .none).entries
    #expect(all.count == 40)
    #expect(all.values.allSatisfy { $0.verdict.word == "false" })
  }

  /// Nor does it keep as open what a tool was not allowed to finish.
  @Test func interruptionOfTools() throws {
    let path = try fixture.makeRun(conjectures: [(TruthFixture.truth, .open)])
    let saved = try SavedRun(at: path)
    try fixture.withProver("Theorem") { (tools, calls) throws in
      var cancelled = tools
      cancelled.isCancelled = { true }
      let error = failure { () throws(MinimoError) in
        try saved.classifyStatements(tools: cancelled)
      }
      #expect(error?.exitCode == 130)
      #expect(calls() == 0)
      #expect(try TruthRecord(of: saved.run)?.entries.isEmpty != false)
      let record = try saved.classifyStatements(tools: tools)
      #expect(record.entries.values.map(\.verdict) == [.holds(by: "eprover")])
    }
  }

  @Test func inconsistentAxiomsAreRecorded() throws {
    let path = try fixture.makeRun(conjectures: [(TruthFixture.falsehood, .open)])
    let saved = try SavedRun(at: path)
    var record = try saved.classifyStatements(tools: .none)
    #expect(try TruthRecord(of: saved.run)?.inconsistency == nil)
    record.inconsistency = "eprover"
    try record.write(to: saved.run)
    #expect(try TruthRecord(of: saved.run)?.inconsistency == "eprover")
  }

  /// The record lies in `exports/`, under the run's seal, and changes neither hash nor rows.
  @Test func theRunStaysAsItWas() throws {
    let path = try fixture.makeRun(conjectures: [(TruthFixture.truth, .open)])
    let hash = try Run.open(at: path, mode: .read).runHash()
    _ = try SavedRun(at: path).classifyStatements(tools: .none)
    #expect(try Run.open(at: path, mode: .read).runHash() == hash)
    let seal = try #require(try Run.checkSeal(at: path))
    #expect(seal.findings.isEmpty)
    #expect(seal.unlistedExports.isEmpty)
    let file = path + "/exports/truth.json"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    bytes[bytes.count / 2] ^= 4
    try bytes.write(to: URL(fileURLWithPath: file))
    #expect(try Run.checkSeal(at: path)?.findings.map(\.file) == ["exports/truth.json"])
  }

  @Test(arguments: [
    "", "{}", "[]", "{\"format\": 2}", String(repeating: "[", count: 100_000),
    """
    {"format": 1, "runHash": "", "theoryHash": "0", "statements": {}}
    """,
    """
    {"format": 1, "runHash": "", "theoryHash": "THEORY", "statements": {"a": {"verdict": "true"}}}
    """,
    """
    {"format": 1, "runHash": "", "theoryHash": "THEORY",
     "statements": {"a": {"verdict": "maybe", "statement": "", "seconds": 1, "tools": []}}}
    """,
  ])
  func malformedRecordsAreRefused(text: String) throws {
    let path = try fixture.makeRun(conjectures: [(TruthFixture.truth, .open)])
    let hash = try Domain(named: "groups").hash
    let bytes = Array(text.replacingOccurrences(of: "THEORY", with: hash).utf8)
    try Run.open(at: path, mode: .read).writeExport("truth.json", bytes)
    let error = failure { () throws(MinimoError) in
      try SavedRun(at: path).classifyStatements(tools: .none)
    }
    #expect(error?.exitCode == 65)
    // One way to go on.
    #expect(error?.description.contains("truth.json: damaged: ") == true)
    #expect(error?.description.hasSuffix(". Restore it from a copy.") == true)
    #expect(error?.description.contains("remove") == false)
    let record = try SavedRun(at: path).classifyStatements(tools: .none, anew: true)
    #expect(record.entries.count == 1)
    #expect(try TruthRecord(of: Run.open(at: path, mode: .read))?.entries == record.entries)
  }

  /// A verdict counts only for the statement that it was made for.
  @Test func verdictsOfOtherStatementsDoNotCount() throws {
    let path = try fixture.makeRun(conjectures: [(TruthFixture.truth, .proved)])
    let saved = try SavedRun(at: path)
    var record = try saved.classifyStatements(tools: .none)
    let key = SHA256.hash(TruthFixture.truth).hex
    record.entries[key]?.verdict = .fails(Countermodel(name: "Z3"))
    record.entries[key]?.statement = TruthFixture.falsehood
    try record.write(to: saved.run)
    let report = try RunReport(saved.run)
    #expect(report.falseTheorems.isEmpty)
    #expect(report.truth?.posed.unknown == 1)
  }

  @Test func contradictionIsAnError() throws {
    try fixture.withProver("Theorem") { (tools, _) throws in
      let path = try fixture.makeRun(conjectures: [(TruthFixture.falsehood, .open)])
      let error = failure { () throws(MinimoError) in
        try SavedRun(at: path).classifyStatements(tools: tools, crossCheck: true)
      }
      #expect(error?.exitCode == 70)
      #expect(error?.description.contains("eprover says that") == true)
      #expect(error?.description.contains("but it is false in Z3") == true)
      #expect(error?.description.contains("Either a prover or Minimo is wrong") == true)
    }
  }

  @Test func singleStatements() throws {
    let domain = try Domain(named: "nat-add")
    #expect(
      try domain.classify("[('n : nat) -> (= (+ 'n 1) 'n)]", tools: .none).reason
        == "ℕ with 'a0 = 0")
    #expect(failure { () throws(MinimoError) in try domain.classify("(= 1", tools: .none) } != nil)
    let unfit = failure { () throws(MinimoError) in
      try domain.firstOrderText("[('p : [nat -> prop]) -> ('p z) -> ('p z)]", in: .tptp)
    }
    #expect(unfit?.exitCode == 64)
    #expect(try domain.firstOrderText("(= z z)", in: .tptp).hasSuffix("(z = z)).\n"))
  }
}
