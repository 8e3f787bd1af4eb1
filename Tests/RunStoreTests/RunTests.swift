import Glibc
import Hashing
import Testing

@testable import RunStore

@Suite struct RunTests {
  @Test func rowsReadBackAsTheyWereCommitted() throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 3)
    let run = try Run.open(at: scratch.run, mode: .read)
    #expect(run.description == sampleDescription)
    #expect(run.theory == sampleTheory)
    #expect(try run.lastCommittedIteration == 3)
    #expect(try run.iterations().map(\.iteration) == [0, 1, 2, 3])
    for iteration in 0...3 {
      let record = sampleRecord(iteration)
      let posed = try run.conjectures(iteration: iteration)
      #expect(posed.map(\.conjecture) == record.conjectures)
      #expect(posed.map(\.outcome) == record.outcomes)
      #expect(try run.hindsight(iteration: iteration) == record.hindsight)
      let proofs = record.proofs.sorted { $0.subject < $1.subject }
      #expect(try run.proofs(iteration: iteration) == proofs)
      #expect(
        try run.exampleCounts(iteration: iteration)
          == record.exampleCounts.sorted { $0.kind < $1.kind })
      let metrics = try run.metrics(iteration: iteration)
      #expect(metrics.map(\.name) == ["loss", "negative zero", "not a number", "tiny"])
      #expect(metrics[0].value == 1.5 / Double(iteration + 1))
      #expect(metrics[1].value == 0)
      #expect(metrics[2].value.isNaN)
      #expect(metrics[3].value == .leastNonzeroMagnitude)
      #expect(try run.timings(iteration: iteration).map(\.seconds) == [1.25])
      #expect(try run.readCheckpoint(iteration) == record.checkpoint)
    }
    #expect(try run.metrics(named: "loss").map(\.iteration) == [0, 1, 2, 3])
    #expect(try run.conjectures().count == 36)
    #expect(
      try run.readCheckpoint(2, names: ["replay-buffer.txt"]).map(\.name) == ["replay-buffer.txt"])
    #expect(throws: StoreError.noSuchIteration(iteration: 4, last: 3)) {
      try run.readCheckpoint(4)
    }
  }

  @Test func verificationCountsEverything() throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 2)
    let report = try Run.open(at: scratch.run, mode: .read).verify()
    let records = (0...2).map { sampleRecord($0) }
    #expect(report.iterations == 3)
    #expect(report.checkpointFiles == 9)
    #expect(report.checkpointBytes == records.flatMap(\.checkpoint).map(\.bytes.count).reduce(0, +))
    let rows = records.map {
      1 + $0.conjectures.count + $0.outcomes.count + $0.hindsight.count + $0.proofs.count
        + $0.exampleCounts.count + $0.metrics.count + $0.timings.count + $0.checkpoint.count
    }
    #expect(report.rows == rows.reduce(0, +))
  }

  @Test func runHashDependsOnContentOnly() throws {
    let scratch = Scratch()
    let expected = try makeRun(at: scratch.path + "/a", through: 2)
    let other = try Run.create(
      at: scratch.path + "/sub/folder/b/",
      description: RunDescription(programVersion: "2", seed: 0, domain: "", theoryHash: ""),
      theory: "")
    for iteration in 0...2 {
      var record = sampleRecord(iteration)
      record.timings = []
      record.addTiming("other", seconds: 7)
      record.conjectures.reverse()
      record.outcomes.reverse()
      record.proofs.reverse()
      record.hindsight.reverse()
      record.metrics.reverse()
      record.exampleCounts.reverse()
      record.checkpoint.reverse()
      try other.commit(record)
    }
    #expect(try other.runHash() == expected)
    #expect(try other.verify().iterations == 3)
  }

  /// Every field of every row is part of the hash.
  @Test func runHashNoticesEveryField() throws {
    let changes: [(String, (inout IterationRecord) -> Void)] = [
      ("statement", { $0.conjectures[3].statement += "!" }),
      ("statement hash", { $0.conjectures[3].statementHash += "!" }),
      ("conjecture log-probability", { $0.conjectures[3].logProbability = nil }),
      ("source", { $0.conjectures[3].source = "given" }),
      ("kind", { $0.outcomes[1].kind = .dead }),
      ("expansions", { $0.outcomes[1].expansions += 1 }),
      ("outcome log-probability", { $0.outcomes[1].logProbability = -1 }),
      ("difficulty", { $0.outcomes[1].difficulty = "" }),
      ("message", { $0.outcomes[1].message = "" }),
      ("hindsight statement", { $0.hindsight[0].statement += "!" }),
      ("hindsight hash", { $0.hindsight[0].statementHash += "!" }),
      ("hindsight log-probability", { $0.hindsight[0].logProbability = nil }),
      ("hindsight difficulty", { $0.hindsight[0].difficulty = "easy" }),
      ("proof statement", { $0.proofs[1].statement += "!" }),
      ("script", { $0.proofs[1].script += "!" }),
      ("certificate", { $0.proofs[1].certificate += "!" }),
      ("missing proof", { $0.proofs.removeLast() }),
      ("example count", { $0.exampleCounts[0].count += 1 }),
      ("example kind", { $0.exampleCounts[0].kind += "!" }),
      ("metric", { $0.metrics[0].value = $0.metrics[0].value.nextUp }),
      ("metric name", { $0.metrics[0].name += "!" }),
      ("weights", { $0.checkpoint[0].bytes[19_999] ^= 1 }),
      ("file name", { $0.checkpoint[0].name = "m" }),
      ("missing file", { $0.checkpoint.removeLast() }),
    ]
    let scratch = Scratch()
    var hashes = [try makeRun(at: scratch.run, through: 1)]
    for (index, (name, change)) in changes.enumerated() {
      let run = try Run.create(
        at: scratch.path + "/\(index)", description: sampleDescription, theory: sampleTheory)
      try run.commit(sampleRecord(0))
      var record = sampleRecord(1)
      change(&record)
      try run.commit(record)
      let hash = try run.runHash()
      #expect(!hashes.contains(hash), "\(name)")
      hashes.append(hash)
    }
    #expect(hashes.count == 25)
  }

  /// Golden value: the encoding of rows and chain must not change between versions.
  @Test func emptyRunHasTheHashOfTheStart() throws {
    let scratch = Scratch()
    let run = try Run.create(at: scratch.run, description: sampleDescription, theory: "")
    let start = [64, 0, 0, 0, 0, 0, 0, 0] + Array(repeating: UInt8(ascii: "0"), count: 64)
    #expect(try run.runHash() == SHA256.hash(start))
    #expect(try run.lastCommittedIteration == nil)
    #expect(try run.verify() == VerificationReport())
  }

  @Test func committingAgainChangesNothingUnlessContentDiffers() throws {
    let scratch = Scratch()
    let expected = try makeRun(at: scratch.run, through: 2)
    let run = try Run.open(at: scratch.run, mode: .write)
    for iteration in 0...2 { try run.commit(sampleRecord(iteration)) }
    #expect(try run.runHash() == expected)
    var other = sampleRecord(1)
    other.outcomes[0].expansions += 1
    #expect(throws: StoreError.conflict(iteration: 1)) { try run.commit(other) }
    #expect(throws: StoreError.outOfOrder(iteration: 4, expected: 3)) {
      try run.commit(sampleRecord(4))
    }
    #expect(try run.runHash() == expected)
    let reader = try Run.open(at: scratch.run, mode: .read)
    #expect(throws: StoreError.readOnly(path: scratch.run)) { try reader.commit(sampleRecord(3)) }
  }

  @Test func recordsThatContradictThemselvesAreRefused() throws {
    let changes: [(String, (inout IterationRecord) -> Void)] = [
      ("no outcome", { $0.outcomes.removeLast() }),
      ("two outcomes", { $0.outcomes.append($0.outcomes[4]) }),
      ("outcome without conjecture", { $0.conjectures.removeFirst() }),
      ("two conjectures in a slot", { $0.conjectures[1].job.slot = 0 }),
      ("other iteration", { $0.conjectures[1].job.iteration = 2 }),
      ("hindsight of nothing", { $0.hindsight[0].id.job.slot = 99 }),
      ("proof of nothing", { $0.proofs[0].subject = .conjecture(JobID(iteration: 1, slot: 99)) }),
      (
        "proof of no theorem",
        {
          let id = HindsightID(job: JobID(iteration: 1, slot: 0), number: 9)
          $0.proofs[0].subject = .hindsight(id)
        }
      ),
      ("negative slot", { $0.conjectures[0].job.slot = -1 }),
      ("negative count", { $0.exampleCounts[0].count = -1 }),
      ("two counts", { $0.exampleCounts.append($0.exampleCounts[0]) }),
      ("metric of another iteration", { $0.metrics[0].iteration = 0 }),
      ("null byte", { $0.conjectures[0].statement = "a\0b" }),
      ("parent folder", { $0.checkpoint[0].name = "../model" }),
      ("upper case", { $0.checkpoint[0].name = "Model" }),
      ("hidden", { $0.checkpoint[0].name = ".model" }),
      ("manifest", { $0.checkpoint[0].name = "manifest.json" }),
      ("empty name", { $0.checkpoint[0].name = "" }),
      ("two files of a name", { $0.checkpoint[1].name = $0.checkpoint[0].name }),
    ]
    let scratch = Scratch()
    let run = try Run.create(at: scratch.run, description: sampleDescription, theory: "")
    try run.commit(sampleRecord(0))
    let before = try run.runHash()
    for (name, change) in changes {
      var record = sampleRecord(1)
      change(&record)
      #expect("\(name)") {
        try run.commit(record)
      } throws: { error in
        if case .invalidRecord? = error as? StoreError { true } else { false }
      }
    }
    #expect(try run.runHash() == before)
    #expect(try names(in: scratch.run + "/checkpoints") == ["000000"])
    try run.commit(sampleRecord(1))
  }

  @Test func eventsMirrorTheDatabase() throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 2)
    let path = scratch.run + "/events.ndjson"
    let lines = try readFile(path, limit: 1 << 20)
    let second = try JSONValue(parsing: Array(lines.split(separator: 10)[1]))
    guard case .object(let members) = second else { throw StoreError.readOnly(path: path) }
    #expect(members["iteration"] == 1)
    #expect(members["hindsight"] == 12)
    #expect(
      members["outcomes"] == ["proved": 3, "open": 3, "dead": 2, "failed": 2, "refused": 2])
    #expect(
      members["metrics"] == [
        "loss": 0.75, "negative zero": 0, "not a number": nil,
        "tiny": .number(.leastNonzeroMagnitude),
      ])
    for damage in [Array(lines.dropLast(5)), [], Array("garbage\n".utf8) + lines] {
      try overwrite(path, damage)
      _ = try Run.open(at: scratch.run, mode: .write)
      #expect(try readFile(path, limit: 1 << 20) == lines)
    }
    try removeTree(path)
    _ = try Run.open(at: scratch.run, mode: .write)
    #expect(try readFile(path, limit: 1 << 20) == lines)
  }

  @Test func descriptionsSurviveTheFile() throws {
    let text = sampleDescription.text
    #expect(try RunDescription(parsing: Array(text.utf8), path: "run.json") == sampleDescription)
    #expect(text.contains(#""seed": "18446744073709551615""#))
    #expect(text.contains(#""b\n\"\u0001é""#))
  }
}
