import Glibc
import Hashing
import Testing

@testable import RunStore

/// A flipped bit is either found or harmless: it may sit in bytes that nothing reads, but it never
/// changes what is read without an error, and never crashes the reader.
@Suite struct BitFlipTests {
  private func flip(
    _ file: String, of source: String, expected: Digest, flips: Int, seed: UInt64
  ) throws -> (found: Int, harmless: Int) {
    let scratch = Scratch()
    var random = TestRandom(seed: seed)
    let pristine = try readFile(source + "/" + file, limit: 1 << 30)
    var counts = (found: 0, harmless: 0)
    for _ in 0..<flips {
      let offset = Int.random(in: 0..<pristine.count, using: &random)
      let bit = Int.random(in: 0..<8, using: &random)
      try copyTree(source, to: scratch.run)
      var bytes = pristine
      bytes[offset] ^= 1 << UInt8(bit)
      try overwrite(scratch.run + "/" + file, bytes)
      if fault(at: scratch.run) != nil {
        counts.found += 1
      } else {
        let hash = try Run.open(at: scratch.run, mode: .read).runHash()
        #expect(hash == expected, "\(file), seed \(seed), byte \(offset), bit \(bit)")
        counts.harmless += 1
      }
      try removeTree(scratch.run)
    }
    return counts
  }

  @Test func inTheDatabase() throws {
    let scratch = Scratch()
    let expected = try makeRun(at: scratch.run, through: 2)
    let counts = try flip("run.sqlite", of: scratch.run, expected: expected, flips: 400, seed: 21)
    #expect(counts.found > 100, "\(counts)")
  }

  /// Every byte of row content, not only a sample: each one must be found.
  @Test func inEveryByteOfAStatement() throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 1)
    let path = scratch.run + "/run.sqlite"
    let pristine = try readFile(path, limit: 1 << 30)
    let statement = Array("[('x : G) -> (= 'x (op 'x 7))]".utf8)
    let start = try #require(
      (0..<pristine.count - statement.count).first {
        Array(pristine[$0..<$0 + statement.count]) == statement
      })
    for offset in start..<start + statement.count {
      for bit in [0, 5, 7] {
        var bytes = pristine
        bytes[offset] ^= 1 << UInt8(bit)
        try overwrite(path, bytes)
        guard case .damaged(let place, _)? = fault(at: scratch.run) else {
          Issue.record("byte \(offset), bit \(bit) was not found")
          continue
        }
        #expect(place == "conjecture 1, 7")
      }
    }
  }

  @Test func inTheWriteAheadLog() async throws {
    let scratch = Scratch()
    let path = scratch.run
    let expected = try makeRun(at: scratch.path + "/whole", through: 2)
    try makeRun(at: path, through: 1)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let run = try Run.open(
        at: path, mode: .write,
        failing: Fault(point: .event).hook())
      try run.commit(sampleRecord(2))
    }
    let counts = try flip("run.sqlite-wal", of: path, expected: expected, flips: 200, seed: 22)
    #expect(counts.found > 100, "\(counts)")
  }

  @Test func inTheFilesBesideIt() throws {
    let scratch = Scratch()
    let expected = try makeRun(at: scratch.run, through: 1)
    for file in [
      "run.json", "theory.p", "checkpoints/000001/manifest.json",
      "checkpoints/000001/model.safetensors", "checkpoints/000000/replay-buffer.txt",
    ] {
      let counts = try flip(file, of: scratch.run, expected: expected, flips: 30, seed: 23)
      #expect(counts.found == 30, "\(file)")
    }
  }

  @Test func truncatedDatabasesAreRefused() throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 2)
    let path = scratch.run + "/run.sqlite"
    let pristine = try readFile(path, limit: 1 << 30)
    for length in stride(from: 0, to: pristine.count, by: 1021) {
      try overwrite(path, Array(pristine[..<length]))
      #expect(fault(at: scratch.run) != nil, "\(length) of \(pristine.count) bytes")
    }
  }
}
