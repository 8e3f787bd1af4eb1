import GRDB
import Glibc
import Testing

@testable import RunStore

/// `events.ndjson` says what the database says.
@Suite struct EventTests {
  /// What verifying says about `events.ndjson`; nil if it holds.
  private func flaw(at path: String) throws -> String? {
    let damage = try Run.open(at: path, mode: .read).verifyAll().damage
    #expect(damage.count <= 1)
    guard case .damaged(let place, let reason)? = damage.first else { return nil }
    #expect(place == path + "/events.ndjson")
    return reason
  }

  @Test func eachLineIsTheOneOfItsIteration() throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 2)
    let events = scratch.run + "/events.ndjson"
    let pristine = try readFile(events, limit: 1 << 20)
    #expect(try flaw(at: scratch.run) == nil)
    let lines = pristine.split(separator: 10).map { Array($0) + [10] }
    let second = "line 2 is not what run.sqlite has for iteration 1"
    var other = lines
    other[1][lines[1].firstIndex(of: UInt8(ascii: "7"))!] = UInt8(ascii: "8")
    for (bytes, reason) in [
      (other.flatMap { $0 }, second), (lines[0] + lines[2] + lines[1], second),
      (lines[0] + lines[2], second),
      (Array("garbage\n".utf8), "line 1 is not what run.sqlite has for iteration 0"),
      (Array("garbage".utf8), "line 1 is not what run.sqlite has for iteration 0"),
      (pristine + lines[2], "it goes on after the last iteration of run.sqlite"),
      (pristine + [32], "it goes on after the last iteration of run.sqlite"),
    ] {
      try overwrite(events, bytes)
      #expect(try flaw(at: scratch.run) == reason)
    }
    try removeTree(events)
    try makeFolder(events)
    #expect(try flaw(at: scratch.run) == "not a regular file")
  }

  /// After the power was lost; but not in a run that ended.
  @Test func lastLinesMayBeMissingUnlessTheRunIsSealed() throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 2)
    let events = scratch.run + "/events.ndjson"
    let pristine = try readFile(events, limit: 1 << 20)
    let zeros = [UInt8](repeating: 0, count: 300)
    let losses: [[UInt8]] =
      [[], zeros, pristine + zeros]
      + stride(from: 0, to: pristine.count, by: 97).map { Array(pristine[..<$0]) + zeros }
      + stride(from: 0, to: pristine.count, by: 97).map { Array(pristine[..<$0]) }
    for bytes in losses {
      try overwrite(events, bytes)
      #expect(try flaw(at: scratch.run) == nil)
    }
    try removeTree(events)
    #expect(try flaw(at: scratch.run) == nil)
    #expect(try Run.open(at: scratch.run, mode: .write).seal())
    #expect(try flaw(at: scratch.run) == nil)
    for bytes in losses {
      try overwrite(events, bytes)
      #expect(
        try flaw(at: scratch.run)
          == (bytes.starts(with: pristine)
            ? "it ends in zeros" : "it lacks lines, although the run was ended"))
    }
    try removeTree(events)
    #expect(try flaw(at: scratch.run) == "it lacks lines, although the run was ended")
  }

  /// Numbers that count from there must not end the program.
  @Test func theNumberOfAnIterationIsBounded() throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 0)
    let queue = try DatabaseQueue(path: scratch.run + "/run.sqlite")
    let values: [Value] = [.integer(Int.max), .text(Chain.start), .text(Chain.start)]
    try queue.writeWithoutTransaction { db in
      try IterationRow.table.insert(db, values, hash: IterationRow.table.hash(values))
    }
    try queue.close()
    let expected = StoreError.damaged(
      place: "iteration \(Int.max)", reason: "no run has so many iterations")
    #expect(fault(at: scratch.run) == expected)
    #expect(throws: expected) {
      try Run.open(at: scratch.run, mode: .read).lastCommittedIteration
    }
  }
}
