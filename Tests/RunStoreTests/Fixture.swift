import Glibc
import Hashing
import Testing

@testable import RunStore

/// A folder for one test, removed at its end.
struct Scratch: ~Copyable {
  let path: String

  init() {
    var template = Array("/tmp/run-store-tests-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit { try? removeTree(path) }

  var run: String { path + "/run" }
}

let sampleDescription = RunDescription(
  programVersion: "1.0", seed: .max, domain: "groups", theoryHash: "abc123",
  configuration: ["iterations": 3, "rate": 0.5, "names": ["a", "b\n\"\u{1}é"], "resume": false])

let sampleTheory = "G : type.\nop : [G -> G -> G].\n"

/// A record with every kind of row; awkward values on purpose.
func sampleRecord(_ iteration: Int, conjectures: Int = 12) -> IterationRecord {
  var record = IterationRecord(iteration: iteration)
  for slot in 0..<(iteration == 0 ? 0 : conjectures) {
    let job = JobID(iteration: iteration, slot: slot)
    record.conjectures.append(
      ConjectureRow(
        job: job, statement: "[('x : G) -> (= 'x (op 'x \(slot)))]", statementHash: "h\(slot % 3)",
        logProbability: slot == 2 ? nil : -0.1 * Double(slot), source: "conjecturer"))
    let kind = OutcomeKind.allCases[slot % OutcomeKind.allCases.count]
    record.outcomes.append(
      OutcomeRow(
        job: job, kind: kind, expansions: slot * 7,
        logProbability: kind == .proved ? -Double(slot) - 0.25 : nil,
        difficulty: kind == .proved ? "hard" : nil,
        message: kind == .failed ? "naïve “message”\n" : nil))
    if kind == .proved {
      record.proofs.append(
        ProofRow(
          subject: .conjecture(job), statement: "(= 'x 'x)", script: "intro x. eq_refl.",
          certificate: "(lambda (x) refl)"))
    }
    for number in 0..<(slot % 3) {
      let id = HindsightID(job: job, number: number)
      record.hindsight.append(
        HindsightRow(
          id: id, statement: "(= e (inv e))", statementHash: "k\(number)",
          logProbability: -.infinity))
      record.proofs.append(
        ProofRow(
          subject: .hindsight(id), statement: "(= e (inv e))", script: "", certificate: "t\(number)"
        ))
    }
  }
  record.addExamples("policy", count: 40 * iteration)
  record.addExamples("conjecture", count: 0)
  record.addMetric("loss", 1.5 / Double(iteration + 1))
  record.addMetric("not a number", .nan)
  record.addMetric("negative zero", -0.0)
  record.addMetric("tiny", .leastNonzeroMagnitude)
  record.addTiming("prove", seconds: 1.25)
  record.checkpoint = [
    CheckpointFile(
      name: "model.safetensors",
      bytes: (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* (iteration + 3)) }),
    CheckpointFile(name: "optimizer.safetensors", bytes: []),
    CheckpointFile(name: "replay-buffer.txt", bytes: Array("examples \(iteration)".utf8)),
  ]
  return record
}

/// A committed run of the iterations 0 to `last`, closed again.
@discardableResult
func makeRun(at path: String, through last: Int) throws -> Digest {
  let run = try Run.create(at: path, description: sampleDescription, theory: sampleTheory)
  for iteration in 0...last { try run.commit(sampleRecord(iteration)) }
  return try run.runHash()
}

/// Copies a tree of plain files.
func copyTree(_ source: String, to target: String) throws {
  try makeFolder(target)
  for name in try names(in: source) {
    if try fileKind(source + "/" + name) == S_IFDIR {
      try copyTree(source + "/" + name, to: target + "/" + name)
    } else {
      try writeFile(target + "/" + name, try readFile(source + "/" + name, limit: 1 << 30))
    }
  }
}

/// Writes `bytes` in the place of a file, whatever its permissions.
func overwrite(_ path: String, _ bytes: [UInt8]) throws {
  try removeTree(path)
  try writeFile(path, bytes)
}

/// What opening for writing, verifying and hashing says about a run; nil if it finds no fault.
func fault(at path: String) -> StoreError? {
  do throws(StoreError) {
    let run = try Run.open(at: path, mode: .write)
    _ = try run.verify()
    _ = try run.runHash()
    return nil
  } catch {
    return error
  }
}

/// A small random source for the tests (SplitMix64); `seed` replays a failure.
struct TestRandom: RandomNumberGenerator {
  var seed: UInt64

  mutating func next() -> UInt64 {
    seed &+= 0x9e37_79b9_7f4a_7c15
    var z = seed
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Runs a program and returns what it writes, or nil if it does not exist or fails.
func output(of command: String) -> String? {
  guard let pipe = popen(command, "r") else { return nil }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 {
    bytes += buffer[..<count]
  }
  return pclose(pipe) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
}
