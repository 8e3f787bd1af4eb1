import Foundation
import Hashing
import RunStore
import Testing

@testable import Minimo
@testable import Truth

/// What is believed of `exports/truth.json`.
@Suite struct TruthRecordTests {
  private let fixture = TruthFixture()
  private static let statements = [TruthFixture.truth, TruthFixture.falsehood]

  /// A record that says the same of all statements.
  private func forge(_ verdict: Verdict, in run: Run) throws -> TruthRecord {
    var record = TruthRecord(
      theoryHash: run.description.theoryHash, runHash: try run.runHash().hex)
    for statement in Self.statements {
      record.entries[SHA256.hash(statement).hex] = TruthRecord.Entry(
        statement: statement, verdict: verdict, seconds: 1000, tools: ["eprover", "cvc5"])
    }
    return record
  }

  private func words(_ record: TruthRecord?) -> [String?] {
    Self.statements.map { record?.entries[SHA256.hash($0).hex]?.verdict.word }
  }

  private func makeRun() throws -> String {
    try fixture.makeRun(conjectures: Self.statements.map { ($0, .open) })
  }

  /// A file that was put into a sealed run is not in its `SHA256SUMS`, and not believed.
  @Test func filesThatTheSealDoesNotListAreIgnored() throws {
    let (path, other) = (try makeRun(), try makeRun())
    let run = try Run.open(at: path, mode: .read)
    let forged = try Run.open(at: other, mode: .read)
    try forge(.holds(by: "eprover"), in: forged).write(to: forged)
    try FileManager.default.copyItem(
      atPath: other + "/exports/truth.json", toPath: path + "/exports/truth.json")
    #expect(try SavedRun(run).ignoresTruthRecord)
    #expect(try TruthRecord(of: run) == nil)
    #expect(try RunReport(run).truth == nil)
    #expect(try Run.checkSeal(at: path)?.unlistedExports == ["exports/truth.json"])
    let record = try SavedRun(run).classifyStatements(tools: .none)
    #expect(words(record) == ["open", "false"])
    #expect(words(try TruthRecord(of: run)) == ["open", "false"])
    #expect(try !SavedRun(run).ignoresTruthRecord)
    #expect(try Run.checkSeal(at: path)?.unlistedExports == [])
  }

  /// A file that is listed with other bytes is damaged, as any other of the run.
  @Test func filesThatDifferFromTheirLineAreRefused() throws {
    let path = try makeRun()
    let saved = try SavedRun(at: path)
    _ = try saved.classifyStatements(tools: .none)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: path + "/exports/truth.json"))
    let asked = failure { () throws(MinimoError) in try saved.ignoresTruthRecord }
    #expect(asked?.exitCode == 65)
    let read = failure { () throws(MinimoError) in try saved.classifyStatements(tools: .none) }
    #expect(read?.exitCode == 65)
    #expect(words(try saved.classifyStatements(tools: .none, anew: true)) == ["open", "false"])
    #expect(words(try TruthRecord(of: saved.run)) == ["open", "false"])
  }

  /// A run without a seal has nothing to compare with.
  @Test func runsWithoutSealKeepTheirRecord() throws {
    let path = try makeRun()
    let run = try Run.open(at: path, mode: .read)
    try forge(.open, in: run).write(to: run)
    try FileManager.default.removeItem(atPath: path + "/SHA256SUMS")
    #expect(try !SavedRun(run).ignoresTruthRecord)
    #expect(words(try TruthRecord(of: run)) == ["open", "open"])
  }

  /// Even where the seal lists it: what evaluation decides is evaluated.
  @Test func recordsThatEvaluationContradictsAreAnError() throws {
    let path = try makeRun()
    let run = try Run.open(at: path, mode: .read)
    try forge(.holds(by: "eprover"), in: run).write(to: run)
    let saved = try SavedRun(run)
    let error = failure { () throws(MinimoError) in try saved.classifyStatements(tools: .none) }
    #expect(error?.exitCode == 70)
    let description = error?.description ?? ""
    let start = "\(path)/exports/truth.json: eprover says that \(TruthFixture.falsehood) is true"
    #expect(description.hasPrefix(start))
    #expect(description.contains("but it is false in Z3"))
    #expect(description.contains("'minimo check-truth --anew'"))
    let record = try saved.classifyStatements(tools: .none, anew: true)
    #expect(words(record) == ["open", "false"])
    #expect(words(try saved.classifyStatements(tools: .none)) == ["open", "false"])
  }

  /// Verdicts of our own are not read from the file, whatever it says.
  @Test(arguments: [
    Verdict.holds(by: "truth table"), .holds(by: "computation"), .unfit("so it is"),
    .fails(Countermodel(name: "Z2")), .open,
  ])
  func ownVerdictsAreEvaluatedAgain(verdict: Verdict) throws {
    let run = try Run.open(at: makeRun(), mode: .read)
    try forge(verdict, in: run).write(to: run)
    let record = try SavedRun(run).classifyStatements(tools: .none)
    #expect(words(record) == ["open", "false"])
    #expect(
      record.entries[SHA256.hash(TruthFixture.falsehood).hex]?.verdict.reason
        == "Z3 with 'a0 = 1")
  }

  /// Those of a tool are, until they are not wanted.
  @Test func toolsAreAskedAnew() throws {
    let run = try Run.open(
      at: fixture.makeRun(conjectures: [(TruthFixture.truth, .open)]), mode: .read)
    let saved = try SavedRun(run)
    let key = SHA256.hash(TruthFixture.truth).hex
    try fixture.withProver("Theorem") { (tools, calls) throws in
      for _ in 0..<2 {
        let record = try saved.classifyStatements(tools: tools)
        #expect(record.entries[key]?.verdict == .holds(by: "eprover"))
        #expect(calls() == 1)
      }
      let record = try saved.classifyStatements(tools: tools, anew: true)
      #expect(record.entries[key]?.verdict == .holds(by: "eprover"))
      #expect(calls() == 2)
    }
    try fixture.withProver("ResourceOut") { (tools, _) throws in
      let kept = try saved.classifyStatements(tools: tools)
      #expect(kept.entries[key]?.verdict == .holds(by: "eprover"))
      let record = try saved.classifyStatements(tools: tools, anew: true)
      #expect(record.entries[key]?.verdict == .open)
      #expect(try TruthRecord(of: run)?.entries == record.entries)
    }
  }

  /// Nobody finds a contradiction among axioms that have a model.
  @Test func inconsistencyIsNotBelievedWhereThereIsAModel() throws {
    let run = try Run.open(at: makeRun(), mode: .read)
    var record = try forge(.open, in: run)
    record.inconsistency = "eprover"
    try record.write(to: run)
    #expect(try TruthRecord(of: run)?.inconsistency == "eprover")
    #expect(try SavedRun(run).classifyStatements(tools: .none).inconsistency == nil)
  }

  /// A row that cannot be read is named, with its run.
  @Test func unreadableStatementsAreNamed() throws {
    let path = try fixture.makeRun(
      conjectures: [(TruthFixture.truth, .open), ("(= no such)", .open)])
    let error = failure { () throws(MinimoError) in
      try SavedRun(at: path).classifyStatements(tools: .none)
    }
    #expect(error?.exitCode == 65)
    let start = "\(path), conjecture 1/1: its statement is no proposition of the run's axioms: "
    #expect(error?.description.hasPrefix(start) == true, "\(String(describing: error))")
    let hindsight = try fixture.makeRun(
      conjectures: [(TruthFixture.truth, .open)], hindsight: ["(= id"])
    let other = failure { () throws(MinimoError) in
      try SavedRun(at: hindsight).classifyStatements(tools: .none)
    }
    #expect(other?.description.hasPrefix("\(hindsight), theorem 1/0/0: ") == true)
  }
}
