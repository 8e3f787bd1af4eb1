import Foundation
import RunStore
import Testing

@testable import Minimo

/// The figures of a report against ones worked out by hand.
@Suite struct ReportTests {
  private let folder = ReportFolder()

  private func smallReport() throws -> (run: Run, report: RunReport) {
    let run = try folder.run()
    try run.commit(initialRecord())
    try run.commit(smallRecord(1))
    return (run, try RunReport(run))
  }

  @Test func iteration() throws {
    let (_, report) = try smallReport()
    #expect(report.iterations.map(\.number) == [0, 1])
    let first = report.iterations[1]
    #expect(first.posed == 10)
    #expect(first.outcomes == [.proved: 4, .open: 4, .dead: 1, .refused: 1])
    #expect(first.shareProved == 0.4)
    #expect(first.failed == 1)
    #expect(first.hindsight == 3)
    #expect(first.expansions == 5500)
    #expect(first.provedDifficulties == ["hard": 1, "easy": 1, "trivial": 2])
    #expect(first.hindsightDifficulties == ["hard": 1, "easy": 1, "trivial": 1])
    #expect(first.examples == ["policy": 1234, "replayed": 7])
    #expect(first.totalSeconds == 60)
    let summary = try #require(first.logProbabilities)
    #expect(summary.mean == -4)
    #expect(summary.lowest == -9)
    #expect(summary.tenth == -9)
    #expect(summary.median == -4)
    #expect(summary.ninetieth == -1)
    #expect(summary.highest == -1)
    #expect(report.iterations[0].shareProved == nil)
    #expect(report.iterations[0].logProbabilities == nil)
    #expect(report.shown.map(\.number) == [1])
  }

  @Test func quantilesByNearestRank() throws {
    let summary = try #require(RunReport.Summary((1...20).map(Double.init).shuffled()))
    #expect(summary.tenth == 2)
    #expect(summary.median == 10)
    #expect(summary.ninetieth == 18)
    #expect(summary.mean == 10.5)
    let one = try #require(RunReport.Summary([-.infinity]))
    #expect(one.tenth == -.infinity && one.highest == -.infinity && one.mean == -.infinity)
    #expect(RunReport.Summary([]) == nil)
  }

  @Test func theoremsHardestFirst() throws {
    let (_, report) = try smallReport()
    #expect(report.conjectures.map(\.logProbability) == [-9, -4, -2, -1])
    #expect(report.conjectures.map(\.subject.name) == ["1/3", "1/2", "1/1", "1/0"])
    #expect(report.conjectures.map(\.steps) == [5, 5, 5, 5])
    #expect(report.hindsight.map(\.logProbability) == [-20, -3, -0.5])
    #expect(report.hindsight.map(\.subject.name) == ["1/4/1", "1/4/0", "1/4/2"])
    #expect(report.hindsight.map(\.steps) == [nil, nil, nil])
  }

  @Test func statementsAreListedOnce() throws {
    let run = try folder.run()
    for record in [initialRecord(), smallRecord(1), smallRecord(2)] { try run.commit(record) }
    let report = try RunReport(run)
    #expect(report.hindsight.count == 6)
    #expect(report.hindsight.withoutRepetition.map(\.subject.name) == ["1/4/1", "1/4/0", "1/4/2"])
    #expect(report.conjectures.withoutRepetition.count == 8)
  }

  @Test(arguments: [OutcomeKind.failed, .refused])
  func failuresComeFirst(_ kind: OutcomeKind) throws {
    let run = try folder.run()
    var record = smallRecord(1)
    record.outcomes[9].kind = kind
    try run.commit(initialRecord())
    try run.commit(record)
    let report = try RunReport(run)
    #expect(report.failures.map(\.job) == [JobID(iteration: 1, slot: 9)])
    for rendering in [report.text, report.html] {
      let alarm = try #require(rendering.range(of: "1 refused proof: a bug of ours"))
      let figures = try #require(rendering.range(of: "Outcomes"))
      #expect(alarm.lowerBound < figures.lowerBound)
      #expect(rendering.contains("the kernel expected G"))
    }
  }

  @Test func json() throws {
    let (run, report) = try smallReport()
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    #expect(object["runHash"] as? String == (try run.runHash()).hex)
    #expect(object["seed"] as? String == "18446744073709551615")
    #expect(object["domain"] as? String == "groups")
    let iterations = try #require(object["iterations"] as? [[String: Any]])
    #expect(iterations.count == 2)
    let first = iterations[1]
    #expect(first["posed"] as? Int == 10)
    #expect(first["shareProved"] as? Double == 0.4)
    #expect((first["outcomes"] as? [String: Int])?["open"] == 4)
    #expect((first["outcomes"] as? [String: Int])?["failed"] == 0)
    #expect((first["logProbability"] as? [String: Double])?["mean"] == -4)
    #expect((first["wallClockSeconds"] as? [String: Double])?["prove"] == 58.75)
    let metrics = try #require(first["metrics"] as? [String: Any])
    #expect(metrics["loss.token"] as? Double == 2.34567)
    #expect(metrics["grading.hard"] is NSNull)
    #expect(iterations[0]["logProbability"] is NSNull)
    let theorems = try #require(object["theorems"] as? [String: [[String: Any]]])
    #expect(theorems["conjectures"]?.count == 4)
    #expect(theorems["conjectures"]?[0]["id"] as? String == "1/3")
    #expect(theorems["conjectures"]?[0]["steps"] as? Int == 5)
    #expect(theorems["hindsight"]?[0]["logProbability"] as? Double == -20)
    #expect((object["failures"] as? [[String: Any]])?[0]["id"] as? String == "1/9")
  }

  @Test func sameRunSameReport() throws {
    let (run, report) = try smallReport()
    let reader = try Run.open(at: run.path, mode: .read)
    for _ in 0..<3 {
      let again = try RunReport(reader)
      #expect(again.json == report.json)
      #expect(again.text == report.text)
      #expect(again.html == report.html)
    }
  }

  /// Nothing, then iterations, appear under the eyes of a reader.
  @Test func whileAWriterWorks() throws {
    let run = try folder.run()
    let reader = try Run.open(at: run.path, mode: .read)
    let empty = try RunReport(reader)
    #expect(empty.iterations.isEmpty)
    #expect(empty.text.contains("0 of 5 iterations"))
    #expect(empty.text.contains("Nothing learned yet"))
    #expect(empty.html.contains("Nothing learned yet"))
    #expect(empty.json.contains("\"iterations\": []"))
    try run.commit(initialRecord())
    let initial = try RunReport(reader)
    #expect(initial.iterations.map(\.number) == [0])
    #expect(initial.text.contains("Nothing learned yet"))
    #expect(initial.runHash != empty.runHash)
    try run.commit(smallRecord(1))
    let first = try RunReport(reader)
    #expect(first.text.contains("1 of 5 iterations, 10 conjectures posed, 4 proved (40.0 %)"))
    #expect(first.runHash == (try run.runHash()).hex)
  }

  @Test func reportsDuringCommits() async throws {
    let run = try folder.run()
    try run.commit(initialRecord())
    let path = run.path
    let reading = Task.detached {
      var seen: [RunReport] = []
      repeat {
        seen.append(try RunReport(Run.open(at: path, mode: .read)))
      } while seen.last?.iterations.count ?? 0 < 12
      return seen
    }
    var hashes = [try run.runHash().hex]
    for iteration in 1..<12 {
      try run.commit(smallRecord(iteration))
      hashes.append(try run.runHash().hex)
    }
    for report in try await reading.value {
      let count = report.iterations.count
      #expect(report.runHash == hashes[count - 1])
      #expect(report.conjectures.count == 4 * (count - 1))
      #expect(report.iterations.dropFirst().allSatisfy { $0.posed == 10 && $0.hindsight == 3 })
    }
  }

  /// Bands come by their limits, not by their letters; runs without them have no such table.
  @Test func solveRates() throws {
    let folder = ReportFolder()
    let run = try folder.run()
    try run.commit(initialRecord())
    #expect(try !RunReport(run).tables.contains { $0.title == "Solve rates" })
    var record = smallRecord(1)
    record.addMetric("solveRate.10-13", 0.125)
    record.addMetric("solveRate.2-5", 0.5)
    record.addMetric("solveRate.6-9", 0.25)
    try run.commit(record)
    let report = try RunReport(run)
    let table = try #require(report.tables.first { $0.title == "Solve rates" })
    #expect(table.columns.map(\.name) == ["2-5", "6-9", "10-13"].map(\.label))
    #expect(table.cells(report.iterations[1]) == ["0.500", "0.250", "0.125"])
  }
}
