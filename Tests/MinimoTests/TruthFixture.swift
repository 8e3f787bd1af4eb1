import Foundation
import Hashing
import RunStore

@testable import Minimo

/// Runs whose conjectures and theorems are given, and provers that say what they are told.
struct TruthFixture {
  let folder = ReportFolder()

  /// A run in abelian groups whose conjectures and theorems are given, one iteration of them.
  func makeRun(
    conjectures: [(String, OutcomeKind)], hindsight: [String] = []
  ) throws -> String {
    let domain = try Domain(named: "groups")
    var settings = tinyConfiguration.json
    settings["kernels"] = .string("portable")
    let path = folder.path + "/truth-\(UUID().uuidString)"
    let run = try Run.create(
      at: path,
      description: RunDescription(
        programVersion: Minimo.version, seed: tinyConfiguration.seed, domain: "groups",
        theoryHash: domain.hash, configuration: settings), theory: domain.text)
    try run.commit(initialRecord())
    var record = IterationRecord(iteration: 1)
    for (slot, (statement, kind)) in conjectures.enumerated() {
      let job = JobID(iteration: 1, slot: slot)
      record.conjectures.append(
        ConjectureRow(
          job: job, statement: statement, statementHash: SHA256.hash(statement).hex,
          logProbability: -1, source: "given"))
      record.outcomes.append(OutcomeRow(job: job, kind: kind, expansions: 1))
      guard kind == .proved else { continue }
      record.proofs.append(
        ProofRow(
          subject: .conjecture(job), statement: statement, script: "", certificate: ""))
    }
    for (number, statement) in hindsight.enumerated() {
      let id = HindsightID(job: JobID(iteration: 1, slot: 0), number: number)
      record.hindsight.append(
        HindsightRow(id: id, statement: statement, statementHash: SHA256.hash(statement).hex))
      record.proofs.append(
        ProofRow(subject: .hindsight(id), statement: statement, script: "", certificate: ""))
    }
    record.checkpoint = [CheckpointFile(name: "model.safetensors", bytes: [1, 2, 3])]
    try run.commit(record)
    try run.seal()
    return path
  }

  static let truth = "[('a0 : G) -> (= (op 'a0 id) 'a0)]"
  static let falsehood = "[('a0 : G) -> (= (op 'a0 'a0) id)]"
  static let unfit =
    "[('a0 : [G -> G]) -> ('a1 : G) -> ('a2 : G) -> (= 'a1 'a2) -> (= ('a0 'a1) ('a0 'a2))]"

  /// A prover that calls everything a theorem, and counts its calls.
  func withProver(
    _ answer: String, _ body: (TruthTools, _ calls: () -> Int) throws -> Void
  ) throws {
    let path = folder.path + "/prover-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    try "#!/bin/sh\necho call >> \(path).calls\necho '# SZS status \(answer)'\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    chmod(path, 0o755)
    var tools = TruthTools.none
    tools.eprover = path
    tools.seconds = 5
    try body(tools) {
      let calls = try? String(contentsOfFile: path + ".calls", encoding: .utf8)
      return calls?.split(separator: "\n").count ?? 0
    }
  }
}
